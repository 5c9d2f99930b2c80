import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMachineStore } from '../../lib/wiring/on-one-machine.ts';
import { engineBinary } from '../../local/engine-binary.ts';
import { type Engine, startEngine } from '../../local/engine.ts';

const PAST = 1_000_000_000;
const FUTURE = 99_999_999_999;
const silent = { info: () => {}, warn: () => {}, error: () => {} };

let engine: Engine;

beforeAll(async () => {
  engine = await startEngine({ binary: engineBinary(), onPid: async () => {}, log: silent });
});
afterAll(() => engine.stop());

describe('openMachineStore', () => {
  it('opens the same table again', async () => {
    const first = await openMachineStore({ endpoint: engine.endpoint });
    await first.items.put({ pk: 'again', sk: 'a' });
    const second = await openMachineStore({ endpoint: engine.endpoint });
    expect(await second.items.get({ pk: 'again', sk: 'a' }, { consistent: true })).toEqual({ pk: 'again', sk: 'a' });
  });

  it('removes expired items step by step, and no others', async () => {
    const { items, tidying } = await openMachineStore({ endpoint: engine.endpoint });
    const sks = Array.from({ length: 250 }, (_, index) => String(index).padStart(3, '0'));
    await Promise.all(sks.map((sk) => items.put({ pk: 'expiry', sk, ttl: PAST })));
    await items.put({ pk: 'expiry', sk: 'later', ttl: FUTURE });
    await items.put({ pk: 'expiry', sk: 'never' });

    let steps = 1;
    while (await tidying['expiredItems']!() === 'more') steps += 1;
    expect(steps).toBeGreaterThan(2);
    const left = await items.query({ pk: 'expiry', from: '0', until: 'z', limit: 1000, consistent: true });
    expect(left.map(({ sk }) => sk)).toEqual(['later', 'never']);
  });

  it('keeps objects in the folder, and those of memory in none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rewindmq-test-'));
    const kept = await openMachineStore({ endpoint: engine.endpoint, objectFolder: folder });
    await kept.objects.putObject('segments/1d/a', new Uint8Array([1]));
    const again = await openMachineStore({ endpoint: engine.endpoint, objectFolder: folder });
    expect(await again.objects.getObject('segments/1d/a')).toEqual(new Uint8Array([1]));
    expect(Object.keys(again.tidying).toSorted()).toEqual(['expiredItems', 'expiredObjects']);
    const inMemory = await openMachineStore({ endpoint: engine.endpoint });
    expect(await inMemory.objects.getObject('segments/1d/a')).toBeUndefined();
    await rm(folder, { recursive: true });
  });
});
