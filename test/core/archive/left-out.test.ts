import { describe, expect, it } from 'vitest';
import type { Segment } from '../../../lib/core/ports/log-table.ts';
import { FOOTER_TAIL_BYTES } from '../../../lib/core/ports/segment-archive.ts';
import { bounds } from '../../../lib/core/timing.ts';
import { type Fault, faultyTable } from '../../support/faulty-table.ts';
import { memoryDeps, type MemoryDeps, memoryWorld } from '../../support/memory-deps.ts';
import { costOf, throughOther } from '../queue-calls.ts';
import { consume } from '../rewind-calls.ts';
import { archive, DAY_MS, expire, HOUR_MS, longLived, segmentsOf } from './cold.ts';

const keyOf = ({ body }: Segment): string => (body.kind === 'object' ? body.objectKey : '');

const three = (name: string): readonly string[] => [`${name}0`, `${name}1`, `${name}2`];

/** A world whose table fails as planned, and which remembers what was put into the archive. */
function fragileWorld() {
  const world = memoryWorld();
  const table = faultyTable(world.table);
  const archived = new Set<string>();
  const objects: typeof world.objects = {
    ...world.objects,
    async putObjectIfAbsent(key, bytes) {
      archived.add(key);
      return world.objects.putObjectIfAbsent(key, bytes);
    },
  };
  return { deps: memoryDeps({ world: { ...world, table, objects } }), table, archived };
}

/** Three messages of each name, each send an object of its own; lost and put back by name. */
async function sent(names: readonly string[], deps: MemoryDeps = memoryDeps()) {
  await longLived(deps, { inlineSegmentBytes: 0 });
  for (const name of names) await throughOther(deps).send(...three(name));
  const segments = await segmentsOf(deps);
  const kept = new Map(await Promise.all(segments.map(async (segment) => [keyOf(segment), (await deps.objects.getObject(keyOf(segment)))!] as const)));
  const keyOfName = (name: string): string => keyOf(segments[names.indexOf(name)]!);
  return {
    deps,
    lose: (name: string) => deps.objects.deleteObject(keyOfName(name)),
    putBack: (name: string) => deps.objects.putObject(keyOfName(name), kept.get(keyOfName(name))!),
  };
}

/** What a query by path sees: every offset of every file. */
async function rowsIn(deps: MemoryDeps, keys: Iterable<string>): Promise<readonly number[]> {
  const offsets: number[] = [];
  for (const key of keys) {
    const file = (await deps.objects.getObject(key))!;
    const footerBytes = deps.archiveFiles.footerBytes(file.subarray(-FOOTER_TAIL_BYTES));
    const { extent } = deps.archiveFiles.openFile(file.subarray(-footerBytes));
    for (let offset = extent.first; offset < extent.end; offset += 1) offsets.push(offset);
  }
  return offsets.toSorted((a, b) => a - b);
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);

/** Everything in the archive, and nothing of it in the table. */
async function coolDown(deps: MemoryDeps): Promise<void> {
  deps.clock.advance(9 * DAY_MS);
  await expire(deps);
  expect(await segmentsOf(deps)).toEqual([]);
}

describe('what could not be read when its turn came', () => {
  it.each(['a', 'b', 'c', 'a and b', 'b and c', 'a and c', 'a and b and c'])('is archived once it is back: %s', async (names) => {
    const lost = names.split(' and ');
    const { deps, lose, putBack } = await sent(['a', 'b', 'c']);
    for (const name of lost) await lose(name);
    deps.clock.advance(2 * DAY_MS);
    const missing = 3 * lost.length;
    expect(await archive(deps)).toMatchObject({ messages: 9 - missing, unreadable: lost.length, failed: 0, lagSeconds: 86_400 });
    expect(await archive(deps)).toMatchObject({ messages: 0, unreadable: lost.length, failed: 0, lagSeconds: 86_400 });
    for (const name of lost) await putBack(name);
    expect(await archive(deps)).toMatchObject({ messages: missing, unreadable: 0, failed: 0, lagSeconds: 0 });
    expect(await archive(deps)).toMatchObject({ objects: 0, unreadable: 0 });
    await coolDown(deps);
    expect(await consume(throughOther(deps))).toEqual(['a', 'b', 'c'].flatMap(three));
  });

  it('is found by the order in which it was sent, behind what was archived before it', async () => {
    const { deps, lose, putBack } = await sent(['a', 'b', 'c']);
    await lose('b');
    deps.clock.advance(2 * DAY_MS);
    await archive(deps);
    await putBack('b');
    await archive(deps);
    await coolDown(deps);
    const received = await throughOther(deps).receiveAll();
    expect(received.map(({ body }) => body)).toEqual(['a', 'b', 'c'].flatMap(three).map((text) => ({ kind: 'text', text })));
  });

  it('lives longer in the table, as long as its object does', async () => {
    const { deps, lose, putBack } = await sent(['a', 'b']);
    await lose('a');
    deps.clock.advance(2 * DAY_MS);
    await archive(deps);
    deps.clock.advance(3 * DAY_MS);
    expect(await archive(deps)).toMatchObject({ unreadable: 1, extended: 1 });
    expect(await archive(deps)).toMatchObject({ unreadable: 1, extended: 0 });
    for (let day = 5; day < 29; day += 1) {
      deps.clock.advance(DAY_MS);
      await expire(deps);
      expect(await archive(deps)).toMatchObject({ unreadable: 1 });
    }
    await putBack('a');
    expect(await archive(deps)).toMatchObject({ messages: 3, unreadable: 0, lagSeconds: 0 });
    deps.clock.advance(HOUR_MS);
    expect(await consume(throughOther(deps))).toEqual(['a', 'b'].flatMap(three));
  });

  it('is forgotten when the table has let go of it', async () => {
    const { deps, lose } = await sent(['a', 'b']);
    await lose('a');
    deps.clock.advance(2 * DAY_MS);
    await archive(deps);
    await coolDown(deps);
    expect(await archive(deps)).toMatchObject({ unreadable: 0, failed: 0, lagSeconds: 0 });
    const deeds = await costOf(deps, () => archive(deps));
    expect(deeds).toMatchObject({ writeUnits: 0, objectGets: 0 });
  });

  it('costs a shard of which nothing is left out no request', async () => {
    const [whole, holed] = [await sent(['a', 'b', 'c']), await sent(['a', 'b', 'c'])];
    await holed.lose('b');
    for (const { deps } of [whole, holed]) deps.clock.advance(2 * DAY_MS);
    for (const { deps } of [whole, holed]) await archive(deps);
    const idle = async ({ deps }: { readonly deps: MemoryDeps }) => costOf(memoryDeps({ world: deps.world }), () => archive(deps));
    const { requests } = await idle(whole);
    // The names of queues and of topics, the queue's record, its former shards; of both its shards how far each has come, and what is behind.
    expect(requests).toBe(8);
    // And what is left out, the last manifest, and its segment.
    expect((await idle(holed)).requests - requests).toBe(3);
  });

  it('is waited for when it is very much', async () => {
    const deps = memoryDeps();
    await longLived(deps, { inlineSegmentBytes: 0 });
    const orders = throughOther(deps);
    for (let at = 0; at < bounds.archiveLeftOut + 5; at += 1) await orders.send('lost');
    deps.clock.advance(2 * DAY_MS);
    const outage = memoryDeps({ world: { ...deps.world, objects: { ...deps.objects, getObject: async () => undefined } } });
    expect(await archive(outage)).toMatchObject({ objects: 0, unreadable: bounds.archiveLeftOut + 1, lagSeconds: 86_400 });
    expect(await archive(outage)).toMatchObject({ objects: 0, unreadable: bounds.archiveLeftOut + 1 });
    expect(await archive(deps)).toMatchObject({ messages: bounds.archiveLeftOut + 5, unreadable: 0, failed: 0, lagSeconds: 0 });
  });
});

describe('a crash of an archiver that leaves something out', () => {
  const losses = [[['a'], []], [[], ['a']], [['b'], []], [[], ['b']], [['a', 'b'], []], [['a'], ['b']], [['b'], ['a']], [['c'], ['a']]] as const;

  /** One turn dies at a write, the next one does too, and what can be read changes in between. */
  async function afterCrashes(first: readonly string[], second: readonly string[], fault: Fault, method: 'put' | 'remove', after: number) {
    const { deps, table, archived } = fragileWorld();
    const { lose, putBack } = await sent(['a', 'b', 'c'], deps);
    deps.clock.advance(2 * DAY_MS);
    for (const names of [first, second]) {
      for (const name of names) await lose(name);
      table.fail({ fault, method, pkPrefix: 'l/', after });
      await archive(deps);
      table.heal();
      for (const name of names) await putBack(name);
    }
    expect(await archive(deps)).toMatchObject({ unreadable: 0, failed: 0, lagSeconds: 0 });
    return { deps, archived };
  }

  it.each(losses)('loses nothing and leaves no double rows: without %j, then without %j', async (first, second) => {
    for (const fault of ['before', 'after'] as const) {
      for (const method of ['put', 'remove'] as const) {
        for (const after of [0, 1, 2, 3]) {
          const { deps, archived } = await afterCrashes(first, second, fault, method, after);
          expect(await rowsIn(deps, archived), `${fault} ${method} ${after}`).toEqual(upTo(9));
          await coolDown(deps);
          expect(await consume(throughOther(deps)), `${fault} ${method} ${after}`).toEqual(['a', 'b', 'c'].flatMap(three));
        }
      }
    }
  });
});
