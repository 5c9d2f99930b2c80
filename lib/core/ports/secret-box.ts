/** Encrypts secrets for as long as they lie in the table. */
export interface SecretBox {
  /**
   * Bound to `id`: it cannot be put under another one.
   * @throws CallerError `accessKeysAreOff` where there is nothing to encrypt with
   */
  seal(id: string, secret: string): Promise<Uint8Array>;
  /** @throws Error if it was not sealed here, for this id */
  open(id: string, sealed: Uint8Array): Promise<string>;
}
