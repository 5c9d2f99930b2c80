import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../lib/core/ports/object-store.ts';
import { system } from '../../lib/platform/system.ts';

/** An object store that the contract runs on. */
export interface ObjectEngine {
  readonly name: string;
  /** Why it cannot run here; the tests are then skipped, and say so. */
  readonly missing?: string;
  open(): Promise<{ readonly objects: ObjectStore; close(): Promise<void> }>;
}

/** What every ObjectStore must do. */
export function objectStoreContract(engine: ObjectEngine): void {
  describe.skipIf(engine.missing !== undefined)(`ObjectStore: ${engine.name}${engine.missing ? ` (${engine.missing})` : ''}`, () => {
    let opened: Awaited<ReturnType<ObjectEngine['open']>>;
    beforeAll(async () => { opened = await engine.open(); });
    afterAll(async () => { await opened.close(); });
    roundTrips(() => opened.objects);
    races(() => opened.objects);
  });
}

const newKey = (): string => `segments/5d/${system.newId()}/${system.newId()}`;

function roundTrips(objects: () => ObjectStore): void {
  it.each([0, 1, 3_000_000])('reads back an object of %d bytes', async (size) => {
    const key = newKey();
    const bytes = Uint8Array.from({ length: size }, (_, index) => index % 251);
    await objects().putObject(key, bytes);
    const read = await objects().getObject(key);
    expect(read?.byteLength).toBe(size);
    expect(Buffer.from(read!).equals(bytes)).toBe(true);
  });

  it('reads parts of an object, and its size', async () => {
    const key = newKey();
    const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);
    await objects().putObject(key, bytes);
    expect(await objects().objectBytes(key)).toBe(1000);
    for (const [from, end] of [[0, 1], [999, 1000], [100, 900], [990, 2000], [5, 5], [1000, 1001], [5000, 6000]] as const) {
      const part = await objects().getObjectRange(key, from, end);
      expect(Buffer.from(part!).equals(bytes.slice(from, end)), `${from} to ${end}`).toBe(true);
    }
  });

  it('keeps an object under a key that names a partition', async () => {
    const key = `archive/5d/queue=orders/hour=2023-11-14T22/${system.newId()}-0.parquet`;
    expect(await objects().putObjectIfAbsent(key, Uint8Array.of(1))).toBe('landed');
    expect(await objects().getObject(key)).toEqual(Uint8Array.of(1));
  });

  it('has nothing under a key that nobody put', async () => {
    expect(await objects().getObject(newKey())).toBeUndefined();
    expect(await objects().getObjectRange(newKey(), 0, 10)).toBeUndefined();
    expect(await objects().objectBytes(newKey())).toBeUndefined();
  });

  it('takes the same object twice', async () => {
    const key = newKey();
    await objects().putObject(key, Uint8Array.of(1));
    await objects().putObject(key, Uint8Array.of(1));
    expect(await objects().getObject(key)).toEqual(Uint8Array.of(1));
  });

  it('removes an object, also one that is not there', async () => {
    const key = newKey();
    await objects().putObject(key, Uint8Array.of(1));
    await objects().deleteObject(key);
    await objects().deleteObject(key);
    expect(await objects().getObject(key)).toBeUndefined();
  });

  it('keeps what it was given, whatever becomes of that afterwards', async () => {
    const key = newKey();
    const bytes = Uint8Array.of(1);
    await objects().putObject(key, bytes);
    bytes[0] = 2;
    (await objects().getObject(key))![0] = 3;
    expect(await objects().getObject(key)).toEqual(Uint8Array.of(1));
  });
}

function races(objects: () => ObjectStore): void {
  it('puts if absent once, and leaves the first as it was', async () => {
    const key = newKey();
    expect(await objects().putObjectIfAbsent(key, Uint8Array.of(1))).toBe('landed');
    expect(await objects().putObjectIfAbsent(key, Uint8Array.of(2))).toBe('refused');
    expect(await objects().getObject(key)).toEqual(Uint8Array.of(1));
  });

  it('lets one of many at once win', async () => {
    const key = newKey();
    const puts = await Promise.all(Array.from({ length: 8 }, (_, index) => objects().putObjectIfAbsent(key, Uint8Array.of(index))));
    expect(puts.filter((outcome) => outcome === 'landed')).toHaveLength(1);
    expect(await objects().getObject(key)).toEqual(Uint8Array.of(puts.indexOf('landed')));
  });
}
