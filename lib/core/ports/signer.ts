/** Authenticates what we hand out and get back. */
export interface Signer {
  /** A short tag of the text in `[A-Za-z0-9_-]`. */
  sign(text: string): string;
  /** In constant time; true for tags of the current and of the previous key. */
  verify(text: string, tag: string): boolean;
  /** A digest for comparing requests, not a secret. */
  digest(text: string): string;
  /** Random bytes for a new secret, 32 of them. */
  newSecret(): Uint8Array;
  /** HMAC-SHA256 of the data with somebody else's secret, in base64: what a receiver computes again. */
  hmacSha256(secret: Uint8Array, data: Uint8Array): string;
}
