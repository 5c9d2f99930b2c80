import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';

/** The object store of the example: a folder. In the cloud it would be a bucket with the same three methods. */
export interface PictureStore {
  /** Whole or not at all; the same key again replaces what was there. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  get(key: string): Promise<Uint8Array>;
}

export function openPictureStore(folder: string): PictureStore {
  return {
    async put(key, bytes) {
      const path = join(folder, checkKey(key));
      // A reader, or a worker killed in the middle of writing, must never leave or see half a picture.
      const draft = `${path}.${process.pid}.draft`;
      await mkdir(dirname(path), { recursive: true });
      await writeFile(draft, bytes);
      await rename(draft, path);
    },
    get: (key) => readFile(join(folder, checkKey(key))),
  };
}

/** The same picture under the same name has the same key, so that uploading it twice does no harm. */
export function pictureKey(fileName: string, bytes: Uint8Array): string {
  const extension = extname(fileName).toLowerCase();
  const stem = fileName.slice(0, fileName.length - extension.length).replace(/[^A-Za-z0-9-]+/g, '-');
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 8);
  return `originals/${stem}-${digest}${extension}`;
}

/** Named after picture and operation: a redelivered message writes the same result to the same place. */
export const resultKey = (key: string, operation: string, format: string): string =>
  `results/${key.slice(key.indexOf('/') + 1).replace(/\.\w+$/, '')}/${operation}.${format}`;

export const isKey = (key: string): boolean => /^(?:originals|results\/[\w-]+)\/[\w-]+(?:\.[\w-]+)*$/.test(key);

function checkKey(key: string): string {
  if (!isKey(key)) throw new RangeError(`"${key.slice(0, 100)}" is not the key of a picture`);
  return key;
}
