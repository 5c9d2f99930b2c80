/** Objects by key, written once. Each method is one request. */
export interface ObjectStore {
  /** Idempotent: the same key always has the same bytes. */
  putObject(key: string, bytes: Uint8Array): Promise<void>;
  /** Only if nothing has that key. */
  putObjectIfAbsent(key: string, bytes: Uint8Array): Promise<'landed' | 'refused'>;
  /** undefined when there is no such object. */
  getObject(key: string): Promise<Uint8Array | undefined>;
  /** Idempotent. */
  deleteObject(key: string): Promise<void>;
}
