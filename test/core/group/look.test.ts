import { describe, expect, it } from 'vitest';
import type { Deps } from '../../../lib/core/deps.ts';
import { lookAt } from '../../../lib/core/group/look.ts';
import { readerMemory } from '../../../lib/core/group/reader-memory.ts';
import type { Alarm } from '../../../lib/core/ports/lease-table.ts';
import { changeVisibility } from '../../../lib/core/queue/change-visibility.ts';
import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { receiveMessages } from '../../../lib/core/queue/receive-messages.ts';
import { sendMessages } from '../../../lib/core/queue/send-messages.ts';
import { epochMs, msAfter } from '../../../lib/core/time.ts';
import { timing } from '../../../lib/core/timing.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { insideOf } from '../inside.ts';
import { entry, newQueue, SKEW_MS, textsOf } from '../queue-calls.ts';

async function withOneMessage(visibilityTimeoutSeconds: number): Promise<MemoryDeps> {
  const deps = memoryDeps();
  await createQueue(deps, { name: 'orders', settings: { visibilityTimeoutSeconds } });
  await sendMessages(deps, { name: 'orders', entries: [entry('a')] });
  return deps;
}

/** A process that stands still before it makes this request. */
function slowBefore(deps: MemoryDeps, name: 'putLease' | 'replaceLease', meanwhile: () => Promise<void>): Deps {
  let isFirst = true;
  const before = async () => {
    const isNow = isFirst;
    isFirst = false;
    if (isNow) await meanwhile();
  };
  return {
    ...deps,
    leases: {
      ...deps.leases,
      putLease: async (lease) => { if (name === 'putLease') await before(); return deps.leases.putLease(lease); },
      replaceLease: async (lease, seen) => { if (name === 'replaceLease') await before(); return deps.leases.replaceLease(lease, seen); },
    },
  };
}

/** Everything that a consumer gets who looks every second. */
async function looking(deps: Deps, seconds: number, advance: (ms: number) => void): Promise<readonly string[]> {
  const got: string[] = [];
  for (let at = 0; at < seconds; at += 1) {
    got.push(...textsOf(await receiveMessages(deps, { name: 'orders', maxMessages: 10 })));
    advance(1000);
  }
  return got;
}

describe('an alarm whose lease is not there yet', () => {
  it('is kept: its claimer may only be slow', async () => {
    const { world, clock } = await withOneMessage(30);
    const other = memoryDeps({ world });
    const slow = slowBefore(memoryDeps({ world }), 'putLease', async () => {
      clock.advance(5000);
      // Looks at the alarm, and claims nothing new: its own view of the chain's end is another's affair.
      const blind: Deps = { ...other, log: { ...other.log, listSegments: async () => [] } };
      await looking(blind, 10, clock.advance);
    });
    expect(await receiveMessages(slow, { name: 'orders', maxMessages: 10, visibilityTimeoutSeconds: 3 })).toEqual([]);
    expect(await looking(memoryDeps({ world }), 100, clock.advance)).toContain('a');
  });

  it('does not become many alarms, however many look at it', async () => {
    const deps = memoryDeps();
    const { world, clock } = deps;
    const { queue } = await createQueue(deps, { name: 'orders', settings: {} });
    const dying: Deps = { ...deps, log: { ...deps.log, putSegment: () => { throw new Error('died'); } } };
    await expect(sendMessages(dying, { name: 'orders', entries: [entry('never', { delaySeconds: 1 })] })).rejects.toThrow('died');
    const chain = (await deps.queues.readView(queue.incarnation, { consistent: true }))!.group.chain.id;
    const many = Array.from({ length: 8 }, () => memoryDeps({ world })).map((one): Deps => ({
      // All see the same alarm, and look at it one after the other.
      ...one, leases: { ...one.leases, readLease: (key) => { clock.advance(37); return one.leases.readLease(key); } },
    }));
    clock.advance(2000);
    for (let seconds = 0; seconds < 300; seconds += 1) {
      await Promise.all(many.map((one) => receiveMessages(one, { name: 'orders', maxMessages: 10 })));
      clock.advance(1000);
    }
    const alarms = await deps.leases.listAlarms({ chain, limit: 1000 });
    expect(alarms.length).toBeLessThanOrEqual(2);
  });
});

describe('a change of visibility', () => {
  it('that was slow after its alarm still has one when it lands', async () => {
    const { world, clock } = await withOneMessage(3600);
    const holder = memoryDeps({ world });
    const [held] = await receiveMessages(holder, { name: 'orders', maxMessages: 10 });
    const slow = slowBefore(holder, 'replaceLease', async () => {
      await looking(memoryDeps({ world }), 10, clock.advance);
    });
    await changeVisibility(slow, { name: 'orders', entries: [{ receiptHandle: held!.receiptHandle, visibilityTimeoutSeconds: 0 }] });
    expect(await looking(memoryDeps({ world }), 10, clock.advance)).toEqual(['a']);
  });
});

async function putAlarm(deps: MemoryDeps, more: Partial<Alarm>): Promise<Alarm> {
  const nowMs = deps.clock.now();
  const alarm: Alarm = {
    chain: (await (await insideOf(deps)).chain()).id, dueAtMs: nowMs, shard: 'shard', first: 0, delayedCount: 0, setAtMs: nowMs,
    writeId: 'w', removableAtMs: epochMs(nowMs + 1_000_000), ...more,
  };
  await deps.leases.putAlarm(alarm);
  return alarm;
}

/** A queue with one message received, and an alarm that leads to its lease. */
async function alarmed() {
  const deps = memoryDeps();
  const orders = await newQueue(deps);
  await orders.send('a');
  const received = await orders.receive();
  const inside = await insideOf(deps);
  return { deps, orders, received, inside, alarm: await putAlarm(deps, { shard: await inside.shard() }) };
}

describe('what becomes of an alarm', () => {
  it('whose lease has nothing left: it goes', async () => {
    const { deps, orders, received, inside, alarm } = await alarmed();
    await orders.delete(received);
    await lookAt(deps, await inside.pull(), readerMemory(), alarm, 10);
    expect(await inside.alarms()).toEqual([]);
  });

  it('whose lease has something due: it stays, and looks after what was taken', async () => {
    const { deps, inside, alarm } = await alarmed();
    deps.clock.advance(30_000 + SKEW_MS);
    expect((await lookAt(deps, await inside.pull(), readerMemory(), alarm, 10)).length).toBe(1);
    expect(await inside.alarms()).toEqual([alarm]);
  });

  it('whose lease has nothing due yet: left alone the first time, at the due time the next', async () => {
    const { deps, inside, alarm } = await alarmed();
    const memory = readerMemory();
    expect(await lookAt(deps, await inside.pull(), memory, alarm, 10)).toEqual([]);
    expect(await inside.alarms()).toEqual([alarm]);
    expect(await lookAt(deps, await inside.pull(), memory, alarm, 10)).toEqual([]);
    expect((await inside.alarms()).map(({ dueAtMs }) => dueAtMs)).toEqual([deps.clock.now() + 30_000]);
  });

  it('that was set anew meanwhile: it stays', async () => {
    const { deps, orders, received, inside, alarm } = await alarmed();
    await orders.delete(received);
    const anew = await putAlarm(deps, { ...alarm, writeId: 'anew' });
    await lookAt(deps, await inside.pull(), readerMemory(), alarm, 10);
    expect(await inside.alarms()).toEqual([anew]);
  });

  it.each([0, 1])('without a lease: put further and further ahead for twenty minutes, then gone (delayed: %i)', async (delayedCount) => {
    const deps = memoryDeps();
    await newQueue(deps);
    const inside = await insideOf(deps);
    const startMs = deps.clock.now();
    await putAlarm(deps, { delayedCount });
    let looks = 0;
    let longestMs = 0;
    for (let [alarm] = await inside.alarms(); alarm; [alarm] = await inside.alarms()) {
      longestMs = Math.max(longestMs, alarm.dueAtMs - deps.clock.now());
      deps.clock.advance(alarm.dueAtMs - deps.clock.now());
      await lookAt(deps, await inside.pull(), readerMemory(), alarm, 10);
      looks += 1;
    }
    expect(looks).toBeLessThan(50);
    expect(longestMs).toBeLessThan(2 * timing.orphanPauseMs);
    expect(deps.clock.now() - startMs).toBeGreaterThan(timing.orphanAlarmMs);
  });

  it('whose delayed segment comes late: it leads there', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps);
    const inside = await insideOf(deps);
    const [delayShard] = (await inside.view()).group.delayShards;
    await putAlarm(deps, { delayedCount: 1, shard: delayShard!.id, dueAtMs: msAfter(deps.clock.now(), 1000) });
    deps.clock.advance(5000);
    expect(await orders.receive()).toEqual([]);
    const known = new Set((await inside.alarms()).map(({ dueAtMs }) => dueAtMs));
    await orders.send(entry('late', { delaySeconds: 1 }));
    for (const alarm of await inside.alarms()) {
      if (!known.has(alarm.dueAtMs)) await deps.leases.deleteAlarm(alarm);
    }
    expect(textsOf(await orders.receive(1, { waitSeconds: 20 }))).toEqual(['late']);
  });
});
