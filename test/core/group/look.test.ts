import { describe, expect, it } from 'vitest';
import type { Deps } from '../../../lib/core/deps.ts';
import { changeVisibility } from '../../../lib/core/queue/change-visibility.ts';
import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { receiveMessages } from '../../../lib/core/queue/receive-messages.ts';
import { sendMessages } from '../../../lib/core/queue/send-messages.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { entry, textsOf } from '../queue-calls.ts';

async function withOneMessage(visibilityTimeoutSeconds: number): Promise<MemoryDeps> {
  const deps = memoryDeps();
  await createQueue(deps, { name: 'orders', settings: { visibilityTimeoutSeconds } });
  await sendMessages(deps, { name: 'orders', entries: [entry('a')] });
  return deps;
}

/** A process that stands still before it makes this request. */
function slowBefore<Name extends 'putLease' | 'replaceLease'>(deps: MemoryDeps, name: Name, meanwhile: () => Promise<void>): Deps {
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
