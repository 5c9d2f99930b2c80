/** Objects by key, written once. Each method is one request. */
export interface ObjectStore {
  /** Idempotent: the same key always has the same bytes. */
  putObject(key: string, bytes: Uint8Array): Promise<void>;
  /** Only if nothing has that key. */
  putObjectIfAbsent(key: string, bytes: Uint8Array): Promise<'landed' | 'refused'>;
  /** undefined when there is no such object. */
  getObject(key: string): Promise<Uint8Array | undefined>;
  /** The bytes [from, end), fewer where the object ends before; undefined when there is no such object. */
  getObjectRange(key: string, from: number, end: number): Promise<Uint8Array | undefined>;
  /** Size of the object; undefined when there is no such object. */
  objectBytes(key: string): Promise<number | undefined>;
  /** Idempotent. */
  deleteObject(key: string): Promise<void>;
}
