import { randomBytes } from 'node:crypto';
import { link, open, readFile, stat, unlink } from 'node:fs/promises';
import { SettingsError } from '../platform/settings.ts';
import { KEY_BYTES } from './key-box.ts';

/** Of its owner alone. */
const MODE = 0o600;
const OTHERS = 0o077;

/**
 * The key in a file of mode 600; one is made if there is none.
 * @throws SettingsError if others can read it, or it is no key
 */
export async function readOrMakeKeyFile(file: string): Promise<Uint8Array> {
  if (!await isThere(file)) await make(file);
  const { mode } = await stat(file);
  if ((mode & OTHERS) !== 0) {
    throw new SettingsError(`${file} encrypts access keys and can be used by others than its owner (mode ${(mode & 0o777).toString(8)}): chmod 600 ${file}`);
  }
  const key = await readFile(file);
  if (key.byteLength !== KEY_BYTES) throw new SettingsError(`${file} must have ${KEY_BYTES} bytes, has ${key.byteLength}: put the right one back, or remove it and issue new access keys`);
  return key;
}

const isThere = async (file: string): Promise<boolean> => stat(file).then(() => true, (error: NodeJS.ErrnoException) => {
  if (error.code === 'ENOENT') return false;
  throw error;
});

/** Whole or not at all: a crash leaves no half a key behind, and another process's key stays. */
async function make(file: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(draft, 'wx', MODE);
  try {
    await handle.writeFile(randomBytes(KEY_BYTES));
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
}
