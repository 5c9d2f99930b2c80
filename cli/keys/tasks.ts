/** What a key is to be for; absent fields: as the API has them, or as they are. */
export interface KeyFields {
  readonly description?: string;
  readonly names?: readonly string[];
  readonly operations?: readonly string[];
  /** null: never. */
  readonly expiresAt?: string | null;
}

/** What is to be done with access keys. */
export type KeysTask =
  | { readonly kind: 'createKey'; readonly fields: KeyFields }
  | { readonly kind: 'listKeys' }
  | { readonly kind: 'showKey'; readonly id: string }
  | { readonly kind: 'changeKey'; readonly id: string; readonly fields: KeyFields }
  | { readonly kind: 'revokeKey'; readonly id: string };
