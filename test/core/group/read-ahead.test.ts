import { expect, it } from 'vitest';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { entries, entry, newQueue } from '../queue-calls.ts';

/** Bytes of segments that consumers of this process hold in memory. */
function bytesAhead({ memory }: MemoryDeps): number {
  const segments = [...memory.readers.values()].flatMap(({ shards }) => [...shards.values()]).flatMap(({ ahead }) => ahead);
  return segments.reduce((sum, { body }) => sum + (body.kind === 'inline' ? body.packed.byteLength : 0), 0);
}

it('a receive of 1,000 does not alternate between 1,000 and what the last one left', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  // The reader learns how many messages a segment holds.
  for (let sends = 0; sends < 10; sends += 1) {
    await orders.send(...entries(300));
    await orders.receiveAll();
  }
  for (let sends = 0; sends < 10; sends += 1) await orders.send(...entries(300));
  const counts: number[] = [];
  for (let receives = 0; receives < 3; receives += 1) counts.push((await orders.receive(1000)).length);
  expect(counts).toEqual([1000, 1000, 1000]);
});

it('what was received is not kept in memory', async () => {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  for (let sends = 0; sends < 10; sends += 1) await orders.send(entry(`${sends}${'x'.repeat(10_000)}`));
  expect(await orders.receiveAll()).toHaveLength(10);
  expect(bytesAhead(deps)).toBe(0);
});
