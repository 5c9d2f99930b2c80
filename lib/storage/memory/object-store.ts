import type { ObjectStore } from '../../core/ports/object-store.ts';
import type { ObjectMeter } from '../items/meters.ts';

/** The reference implementation. */
export function memoryObjectStore({ meter }: { readonly meter?: ObjectMeter } = {}): ObjectStore {
  const objects = new Map<string, Uint8Array>();
  return {
    async putObject(key, bytes) {
      meter?.objectPut();
      objects.set(key, bytes.slice());
    },
    async putObjectIfAbsent(key, bytes) {
      meter?.objectPut();
      if (objects.has(key)) return 'refused';
      objects.set(key, bytes.slice());
      return 'landed';
    },
    async getObject(key) {
      meter?.objectGet();
      return objects.get(key)?.slice();
    },
    async getObjectRange(key, from, end) {
      meter?.objectGet();
      return objects.get(key)?.slice(from, end);
    },
    async objectBytes(key) {
      meter?.objectGet();
      return objects.get(key)?.byteLength;
    },
    async deleteObject(key) {
      objects.delete(key);
    },
  };
}
