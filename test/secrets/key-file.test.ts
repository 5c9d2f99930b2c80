import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keyBox } from '../../lib/secrets/key-box.ts';
import { readOrMakeKeyFile } from '../../lib/secrets/key-file.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rewindmq-key-'));
  file = join(folder, 'access.key');
});
afterEach(() => rm(folder, { recursive: true }));

it('makes a key of 32 bytes for its owner alone, and reads it the next time', async () => {
  const key = await readOrMakeKeyFile(file);
  expect(key.byteLength).toBe(32);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readOrMakeKeyFile(file)).toEqual(key);
  expect(await readdir(folder)).toEqual(['access.key']);
});

it('of two that make it at once both have the same', async () => {
  const keys = await Promise.all([readOrMakeKeyFile(file), readOrMakeKeyFile(file)]);
  expect(keys[0]).toEqual(keys[1]);
});

it.each([0o640, 0o604, 0o620])('refuses a file of mode %o, and says how to mend it', async (mode) => {
  await readOrMakeKeyFile(file);
  await chmod(file, mode);
  await expect(readOrMakeKeyFile(file)).rejects.toThrow(`chmod 600 ${file}`);
});

it('refuses what is no key, and leaves it', async () => {
  await writeFile(file, 'short', { mode: 0o600 });
  await expect(readOrMakeKeyFile(file)).rejects.toThrow('must have 32 bytes, has 5');
  expect(await readFile(file, 'utf8')).toBe('short');
});

it('seals for one id, and opens nothing that was changed', async () => {
  const box = keyBox(await readOrMakeKeyFile(file));
  const sealed = await box.seal('AKIDa', 'secret');
  expect(await box.open('AKIDa', sealed)).toBe('secret');
  expect(await box.seal('AKIDa', 'secret')).not.toEqual(sealed);
  await expect(box.open('AKIDb', sealed)).rejects.toThrow();
  await expect(box.open('AKIDa', sealed.map((byte, at) => (at === 20 ? byte ^ 1 : byte)))).rejects.toThrow();
  await expect(keyBox(new Uint8Array(32)).open('AKIDa', sealed)).rejects.toThrow();
});
