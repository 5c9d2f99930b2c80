import { describe, expect, it } from 'vitest';
import type { Segment } from '../../../lib/core/ports/log-table.ts';
import { changeQueue } from '../../../lib/core/queue/change-queue.ts';
import { rewindQueue } from '../../../lib/core/queue/rewind-queue.ts';
import { type EpochMs, epochMs } from '../../../lib/core/time.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { costOf, throughOther } from '../queue-calls.ts';
import { consume, EFFECTIVE_MS } from '../rewind-calls.ts';
import { cool, expire, HOUR_MS, longLived, segmentsOf } from './cold.ts';

const keyOf = ({ body }: Segment): string => (body.kind === 'object' ? body.objectKey : '');

const three = (name: string): readonly string[] => [`${name}0`, `${name}1`, `${name}2`];

/** Three messages of each name, so long after those before; answers when each three were sent. */
async function sendEvery(pauseMs: number, deps: MemoryDeps, names: readonly string[]): Promise<readonly EpochMs[]> {
  const times: EpochMs[] = [];
  for (const name of names) {
    times.push(deps.clock.now());
    await throughOther(deps).send(...three(name));
    deps.clock.advance(pauseMs);
  }
  return times;
}

/** What comes again after a rewind to an instant, as another process has it. */
async function since(deps: MemoryDeps, atMs: number): Promise<readonly string[]> {
  await rewindQueue(memoryDeps({ world: deps.world }), { name: 'orders', from: { atMs: epochMs(atMs) } });
  deps.clock.advance(EFFECTIVE_MS);
  return consume(throughOther(deps));
}

describe('a start by time, where the history of a shard has a hole', () => {
  /** Sends of three messages, some of whose objects are lost before they are archived. */
  async function withLost(names: readonly string[], lost: readonly number[]) {
    const deps = memoryDeps();
    await longLived(deps, { inlineSegmentBytes: 0 });
    const times = await sendEvery(HOUR_MS, deps, names);
    const segments = await segmentsOf(deps);
    for (const at of lost) await deps.objects.deleteObject(keyOf(segments[at]!));
    await consume(throughOther(deps));
    await cool(deps);
    return { deps, times };
  }

  it('finds what lies before the hole, and behind it', async () => {
    const { deps, times } = await withLost(['a', 'b', 'c'], [1]);
    expect(await since(deps, times[0]! - 1)).toEqual([...three('a'), ...three('c')]);
    expect(await since(deps, times[0]! + 1)).toEqual(three('c'));
    expect(await since(deps, times[2]!)).toEqual(three('c'));
    expect(await since(deps, times[2]! + 1)).toEqual([]);
  });

  it('finds each of them, wherever the holes are', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    for (const lost of [[0], [6], [0, 1, 2], [2, 3, 4], [1, 3, 5], [0, 2, 4, 6], [4, 5, 6]]) {
      const { deps, times } = await withLost(names, lost);
      for (const [at, sentAtMs] of times.entries()) {
        const kept = names.filter((_, index) => index >= at && !lost.includes(index));
        expect(await since(deps, sentAtMs), `from ${at} on without ${lost.join()}`).toEqual(kept.flatMap(three));
      }
    }
  });

  it('finds what lies before a time of shorter retention', async () => {
    const deps = memoryDeps();
    await longLived(deps);
    const [firstAtMs] = await sendEvery(HOUR_MS, deps, ['a', 'b']);
    await changeQueue(deps, { name: 'orders', changes: { retentionSeconds: 3600, rewindSeconds: 0 } });
    // Silent for twelve hours, the shard would be replaced.
    await sendEvery(10 * HOUR_MS, deps, ['d', 'e', 'f', 'g', 'h', 'i']);
    await changeQueue(deps, { name: 'orders', changes: { retentionSeconds: 30 * 86_400, rewindSeconds: 30 * 86_400 } });
    const [lastAtMs] = await sendEvery(HOUR_MS, deps, ['c']);
    expect(await expire(deps)).toBe(4);
    await consume(throughOther(deps));
    await cool(deps);
    expect(await since(deps, firstAtMs!)).toEqual(['a', 'b', 'c'].flatMap(three));
    expect(await since(deps, lastAtMs!)).toEqual(three('c'));
  });

  it('costs no more than a search', async () => {
    const { deps, times } = await withLost(Array.from({ length: 40 }, (_, at) => `m${at}/`), Array.from({ length: 30 }, (_, at) => at + 5));
    const { requests } = await costOf(deps, () => rewindQueue(memoryDeps({ world: deps.world }), { name: 'orders', from: { atMs: times[2]! } }));
    expect(requests).toBeLessThan(40);
  });
});
