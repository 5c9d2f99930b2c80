import { describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../../lib/core/errors.ts';
import { putSeal } from '../../../lib/core/log/seal.ts';
import type { SealReason } from '../../../lib/core/ports/log-table.ts';
import { timing } from '../../../lib/core/timing.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { insideOf, withTable } from '../inside.ts';
import { costOf, entry, faultyDeps, newQueue, queueCalls, textsOf, throughOther } from '../queue-calls.ts';

const HOURS = 3_600_000;

async function seal(deps: MemoryDeps, reason: SealReason): Promise<string> {
  const inside = await insideOf(deps);
  const shard = await inside.shard();
  const last = await deps.log.lastSegment({ log: inside.incarnation, shard });
  expect(await putSeal(deps, { log: inside.incarnation, shard, tail: last ? last.base + last.count : 0, reason, retentionSeconds: 60 })).toBe('sealed');
  return shard;
}

describe('offsets', () => {
  it('are dense, whoever sends', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const others = throughOther(deps);
    for (let sends = 0; sends < 5; sends += 1) {
      await orders.send('a', 'b');
      await others.send('c');
    }
    const segments = await (await insideOf(deps)).segments();
    let end = 0;
    for (const { base, count } of segments) {
      expect(base).toBe(end);
      end += count;
    }
    expect(end).toBe(15);
  });

  it('carry enqueue times that never go back, whatever the clocks of the senders say', async () => {
    const deps = memoryDeps();
    await newQueue(deps);
    const behind = memoryDeps({ world: { ...deps.world, system: { ...deps.world.system, now: () => (deps.clock.now() - 5000) as ReturnType<typeof deps.clock.now> } } });
    for (const process of [deps, behind, deps, behind]) await queueCalls(process).send('a');
    const times = (await (await insideOf(deps)).segments()).map(({ enqueuedAtMs }) => enqueuedAtMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});

describe('the tail', () => {
  it.each([[timing.tailHintMs, 0], [timing.tailHintMs + 1, 1]])('seen %i ms ago costs %i reads', async (agoMs, reads) => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a');
    deps.clock.advance(agoMs - 30_000);
    // Keeps the definition warm; the tail is that of the ready shard only.
    await orders.send(entry('b', { delaySeconds: 1 }));
    deps.clock.advance(30_000);
    expect((await costOf(deps, () => orders.send('c'))).readUnits).toBe(reads);
  });

  it('is read before a put on a shard that others use as well, once what is known is old', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a');
    await throughOther(deps).send('b');
    expect(await costOf(deps, () => orders.send('refused once'))).toMatchObject({ writeUnits: 2 });
    deps.clock.advance(11);
    expect(await costOf(deps, () => orders.send('looks first'))).toMatchObject({ writeUnits: 1, readUnits: 1 });
    deps.clock.advance(timing.sharedForMs);
    expect(await costOf(deps, () => orders.send('alone again'))).toMatchObject({ writeUnits: 1, readUnits: 0 });
  });
});

describe('a seal', () => {
  it.each(['idle', 'retired'] as const)('met by a sender (%s) is followed: the message goes to another shard, and both are delivered', async (reason) => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('below');
    const shard = await seal(deps, reason);
    await orders.send('elsewhere');
    expect((await (await insideOf(deps)).view()).definition.shards.map(({ id }) => id)).not.toContain(shard);
    expect(textsOf(await throughOther(deps).receiveAll()).toSorted()).toEqual(['below', 'elsewhere']);
  });

  it('is refused where somebody appended meanwhile', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('a');
    const inside = await insideOf(deps);
    const request = { log: inside.incarnation, shard: await inside.shard(), reason: 'idle', retentionSeconds: 60 } as const;
    expect(await putSeal(deps, { ...request, tail: 0 })).toBe('refused');
    expect(await putSeal(deps, { ...request, tail: 1 })).toBe('sealed');
    expect(await putSeal(deps, { ...request, tail: 1 })).toBe('sealed');
  });

  it('outlives every message below it, and every client that knows the shard', async () => {
    const deps = memoryDeps();
    await newQueue(deps);
    await seal(deps, 'idle');
    const [sealed] = await (await insideOf(deps)).segments();
    expect(sealed!.removableAtMs - deps.clock.now()).toBe(60_000 + 2 * 24 * HOURS);
  });
});

describe('a shard silent for long', () => {
  it.each([[12 * HOURS, false], [12 * HOURS + 1, true]])('for %i ms: replaced is %s', async (silentMs, isReplaced) => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send('before');
    const inside = await insideOf(deps);
    const shard = await inside.shard();
    deps.clock.advance(silentMs);
    await throughOther(deps).send('after');
    expect(await inside.shard() !== shard).toBe(isReplaced);
    expect(textsOf(await orders.receiveAll()).toSorted()).toEqual(['after', 'before']);
  });

  it('and empty since its birth is replaced as well', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const shard = await (await insideOf(deps)).shard();
    deps.clock.advance(12 * HOURS + 1);
    await orders.send('first');
    expect(await (await insideOf(deps)).shard()).not.toBe(shard);
    expect(textsOf(await orders.receiveAll())).toEqual(['first']);
  });

  it('never begins its offsets again when TTL has emptied it: nothing is lost', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { retentionSeconds: 60 });
    const consumer = throughOther(deps);
    await orders.send('a', 'b', 'c');
    await consumer.delete(await consumer.receive());
    const inside = await insideOf(deps);
    for (const days of [1, 2, 30]) {
      deps.clock.advance(days * 24 * HOURS);
      for (const { log, shard, base } of await inside.segments()) {
        await deps.world.table.remove({ pk: `l/${log}/${shard}`, sk: base.toString(36).padStart(11, '0') });
      }
      await throughOther(deps).send(`after ${days}`);
      expect(textsOf(await consumer.receive(10))).toEqual([`after ${days}`]);
    }
  });

  it('of delayed messages is replaced too, and they still come', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    await orders.send(entry('far', { delaySeconds: 86_400 }));
    const shard = (await (await insideOf(deps)).view()).group.delayShards[0]!.id;
    deps.clock.advance(13 * HOURS);
    await orders.send(entry('near', { delaySeconds: 10 }));
    expect((await (await insideOf(deps)).view()).group.delayShards.map(({ id }) => id)).not.toContain(shard);
    deps.clock.advance(10_000);
    const near = await orders.receive();
    expect(textsOf(near)).toEqual(['near']);
    await orders.delete(near);
    deps.clock.advance(11 * HOURS);
    expect(textsOf(await orders.receive())).toEqual(['far']);
  });
});

describe('an attempt without an answer', () => {
  it('is repeated at the same place only, whatever other shards there are', async () => {
    const { deps, table } = faultyDeps();
    const orders = await newQueue(deps);
    table.fail({ fault: 'after', method: 'put', pkPrefix: 'l/', times: 2 });
    await orders.send('once');
    const segments = await (await insideOf(deps)).segments();
    expect(segments.map(({ base, count }) => [base, count])).toEqual([[0, 1]]);
  });

  it('ends as an error after three, and the next send finds its place', async () => {
    const { deps, table } = faultyDeps();
    const orders = await newQueue(deps);
    table.fail({ fault: 'after', method: 'put', pkPrefix: 'l/', times: 3 });
    await expect(orders.send('landed, unheard')).rejects.toThrow(StoreUnavailable);
    await orders.send('next');
    expect(textsOf(await orders.receiveAll())).toEqual(['landed, unheard', 'next']);
  });
});

it('gives up when others always get in first, instead of trying for ever', async () => {
  const deps = memoryDeps();
  await newQueue(deps);
  const unlucky = withTable(deps.world, (inner) => ({
    async put(item, condition) {
      // Whatever place it tries, it is taken.
      if (item.pk.startsWith('l/') && condition) await inner.put({ ...item, a: 'another', n: 1 }, condition);
      return inner.put(item, condition);
    },
  }));
  await expect(queueCalls(unlucky).send('a')).rejects.toThrow(StoreUnavailable);
});

describe('many senders', () => {
  it('make room for themselves: the shards double while they refuse each other', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const senders = Array.from({ length: 8 }, () => throughOther(deps));
    for (let rounds = 0; rounds < 30; rounds += 1) {
      await Promise.all(senders.map((sender, at) => sender.send(`${at}/${rounds}`)));
      deps.clock.advance(1);
    }
    const { definition } = await (await insideOf(deps)).view();
    expect(definition.shards.length).toBeGreaterThanOrEqual(4);
    const cost = await costOf(deps, () => Promise.all(senders.map((sender) => sender.send('last'))));
    expect(cost.writeUnits).toBeLessThanOrEqual(16);
    expect(new Set(textsOf(await orders.receiveAll())).size).toBe(241);
  });
});
