import { describe, expect, it } from 'vitest';
import { noteWake, pushJob, restartPush, resumePushes, takeOverPushes, wakePush } from '../../../lib/core/push/wake-push.ts';
import type { PushRecord } from '../../../lib/core/ports/job-table.ts';
import { epochMs, msAfter } from '../../../lib/core/time.ts';
import type { MemoryDeps } from '../../support/memory-deps.ts';
import { entries, queueCalls } from '../queue-calls.ts';
import { bodiesOf, mostAtOnce, pushWorld, timesOf } from './push-world.ts';

const recordOf = (deps: MemoryDeps, incarnation: string, more: Partial<PushRecord> = {}): PushRecord => ({
  incarnation, runnerId: 'r', runnerUntilMs: epochMs(0), dueAtMs: deps.clock.now(), notBeforeMs: epochMs(0), heldUntilMs: epochMs(0), confirmationTries: 0,
  writeId: deps.system.newId(), ...more,
});

describe('runners of one subscription', () => {
  it('woken at once: one works, and keeps to the limits', async () => {
    const { clock, orders, posts, behave, turn, newProcess } = await pushWorld({ requestMs: 3, subscription: { concurrency: 4 } });
    behave(() => ({ afterMs: 50 }));
    await clock.run(orders.send(...entries(100)));
    const ends = await clock.run(Promise.all([turn(newProcess()), turn(newProcess()), turn(newProcess())]));
    expect(ends).toEqual([{ kind: 'ended' }, { kind: 'ended' }, { kind: 'ended' }]);
    expect(new Set(bodiesOf(posts)).size).toBe(100);
    expect(posts.length).toBe(100);
    expect(mostAtOnce(posts)).toBe(4);
  });

  it('renew their claim for as long as they work', async () => {
    const { clock, orders, behave, turn, newProcess, deps, incarnation, posts } = await pushWorld({ subscription: { concurrency: 1 } });
    behave(() => ({ afterMs: 10_000 }));
    await orders.send(...entries(12));
    const done = turn(newProcess());
    for (let looks = 0; looks < 11; looks += 1) {
      await clock.run(clock.sleep(10_000));
      expect((await deps.jobs.readPush(incarnation))!.runnerUntilMs).toBeGreaterThan(clock.now() + 15_000);
      expect(await turn(newProcess())).toEqual({ kind: 'ended' });
    }
    await clock.run(done);
    expect(posts.length).toBe(12);
    expect(mostAtOnce(posts)).toBe(1);
  });

  it('that stood still for longer than their claim send nothing more, and leave it to the next', async () => {
    const { clock, orders, posts, behave, turn, newProcess } = await pushWorld({ subscription: { concurrency: 2 } });
    const frozen = newProcess();
    let isFrozen = false;
    let thaw = (): void => undefined;
    const sleep: MemoryDeps['system']['sleep'] = async (ms, signal) => {
      if (isFrozen) await new Promise<void>((resolve) => { thaw = resolve; });
      await clock.sleep(ms, signal);
    };
    behave(() => ({ afterMs: 100 }));
    await orders.send(...entries(20));
    const first = turn({ ...frozen, system: { ...frozen.system, sleep } });
    await clock.run(clock.sleep(150));
    isFrozen = true;
    await clock.run(clock.sleep(40_000));
    const second = turn(newProcess());
    await clock.run(clock.sleep(50));
    isFrozen = false;
    thaw();
    expect(await clock.run(first)).toEqual({ kind: 'ended' });
    await clock.run(second);
    expect(new Set(bodiesOf(posts)).size).toBe(20);
    expect(mostAtOnce(posts)).toBeLessThanOrEqual(2);
  });
});

describe('a runner that cannot renew its claim', () => {
  it('sends nothing that may have no answer before its end, settles what was accepted, and stops', async () => {
    const { clock, orders, posts, behave, turn, table, newProcess, sinceMs } = await pushWorld({ subscription: { concurrency: 1 } });
    behave(() => ({ afterMs: 1000 }));
    await orders.send(...entries(60));
    table.fail({ fault: 'before', method: 'put', pkPrefix: 'p/', after: 1, times: 1000 });
    expect(await clock.run(turn(newProcess()))).toEqual({ kind: 'ended' });
    expect(posts.at(-1)!.atMs).toBe(15_000);
    expect(sinceMs()).toBe(30_000);
    expect(await orders.counts()).toMatchObject({ ready: 60 - posts.length });
  });
});

describe('a wake', () => {
  it('starts a runner where there is none, and only tells one that is at work', async () => {
    const { deps, incarnation, clock } = await pushWorld();
    await wakePush(deps, incarnation);
    expect(deps.kicked).toEqual([pushJob(incarnation)]);
    const running = recordOf(deps, incarnation, { runnerUntilMs: msAfter(clock.now(), 1000) });
    await deps.jobs.putPush(running);
    await wakePush(deps, incarnation);
    expect(deps.kicked.length).toBe(1);
    const noted = (await deps.jobs.readPush(incarnation))!;
    expect(noted).toEqual({ ...running, writeId: expect.not.stringMatching(running.writeId) });
    clock.advance(1000);
    await wakePush(deps, incarnation);
    expect(deps.kicked.length).toBe(2);
  });

  it('starts one too where something is due later, but nobody who may not send yet', async () => {
    const { deps, incarnation, clock } = await pushWorld();
    await deps.jobs.putPush(recordOf(deps, incarnation, { dueAtMs: msAfter(clock.now(), 60_000) }));
    await wakePush(deps, incarnation);
    expect(deps.kicked.length).toBe(1);
    const { writeId } = (await deps.jobs.readPush(incarnation))!;
    await deps.jobs.replacePush(recordOf(deps, incarnation, { notBeforeMs: msAfter(clock.now(), 60_000) }), writeId);
    await wakePush(deps, incarnation);
    expect(deps.kicked.length).toBe(1);
  });

  it.each(['before it is removed', 'after it is removed'])('in the last moment of a run, %s, is not lost', async (when) => {
    const { deps, clock, orders, posts, newProcess, turn, incarnation } = await pushWorld();
    const waker = newProcess();
    const runner = newProcess();
    let isLate = true;
    const publish = async () => {
      await queueCalls(waker).send('late');
      await wakePush(waker, incarnation);
    };
    const jobs: MemoryDeps['jobs'] = {
      ...runner.jobs,
      async removePush(...args) {
        const [isNow, removed] = [isLate, { before: when.startsWith('before') }];
        isLate = false;
        if (isNow && removed.before) await publish();
        const outcome = await runner.jobs.removePush(...args);
        if (isNow && !removed.before) await publish();
        return outcome;
      },
    };
    await orders.send('early');
    expect(await clock.run(turn({ ...runner, jobs }))).toEqual({ kind: 'ended' });
    expect(waker.kicked.length).toBe(when.startsWith('before') ? 0 : 1);
    if (waker.kicked.length > 0) await clock.run(turn(newProcess()));
    expect(bodiesOf(posts)).toEqual(['early', 'late']);
    expect(await deps.jobs.readPush(incarnation)).toBeUndefined();
  });

  it('is not lost either when what was published is seen late by ordinary reads', async () => {
    const { clock, orders, posts, newProcess, turn } = await pushWorld();
    const runner = newProcess();
    const sentAtMs = clock.now();
    const log: MemoryDeps['log'] = {
      ...runner.log,
      listSegments: async (range) => (range.consistent || clock.now() - sentAtMs > 900 ? runner.log.listSegments(range) : []),
    };
    await orders.send('a');
    await clock.run(turn({ ...runner, log }));
    expect(posts.map(({ atMs }) => atMs <= 1500)).toEqual([true]);
  });

  it('comes through also when the reply to its note, or to the end of a run, is lost', async () => {
    const { deps, clock, orders, posts, table, turn, newProcess, incarnation } = await pushWorld();
    await orders.send('a');
    table.fail({ fault: 'after', method: 'remove', pkPrefix: 'p/' });
    expect(await clock.run(turn(newProcess()))).toEqual({ kind: 'ended' });
    expect(bodiesOf(posts)).toEqual(['a']);
    expect(await deps.jobs.readPush(incarnation)).toBeUndefined();
  });
});

describe('a runner that died', () => {
  it('is replaced when its claim is over, not before, and what it held comes when its hold is over', async () => {
    const { deps, clock, orders, posts, incarnation, runFor, newProcess, sinceMs } = await pushWorld();
    await orders.send('a', 'b');
    const [a] = await queueCalls(newProcess()).receive(1, { visibilityTimeoutSeconds: 60 });
    expect(a).toBeDefined();
    await deps.jobs.putPush(recordOf(deps, incarnation, { runnerUntilMs: msAfter(clock.now(), 30_000) }));
    await runFor(1000);
    expect(posts).toEqual([]);
    deps.kicked.length = 0;
    clock.advance(30_000 - sinceMs());
    await resumePushes(deps);
    expect(deps.kicked).toEqual([]);
    clock.advance(201);
    await resumePushes(deps);
    expect(deps.kicked).toEqual([pushJob(incarnation)]);
    await runFor(200_000, newProcess());
    expect(bodiesOf(posts)).toEqual(['a', 'b']);
    expect(timesOf(posts, 'b')[0]).toBeLessThan(31_000);
    // Its hold ends after a minute; the cursor is sure to have passed it by then, a moment after the claim's own minute.
    expect(timesOf(posts, 'a')[0]).toBeLessThan(31_000 + 62_000);
    expect(await deps.jobs.readPush(incarnation)).toBeUndefined();
  });

  it('is taken over at once by the one process of a machine, when it begins', async () => {
    const { deps, clock, orders, posts, incarnation, turn, newProcess } = await pushWorld();
    await deps.jobs.putPush(recordOf(deps, incarnation, { runnerUntilMs: msAfter(clock.now(), 30_000) }));
    await orders.send('a');
    const process = newProcess();
    await takeOverPushes(process);
    expect(process.kicked).toEqual([pushJob(incarnation)]);
    await clock.run(Promise.race([turn(process), clock.sleep(1000)]));
    expect(bodiesOf(posts)).toEqual(['a']);
  });
});

describe('whoever looks after jobs', () => {
  it('starts what is due, and nothing that is not', async () => {
    const { deps, clock } = await pushWorld();
    const later = msAfter(clock.now(), 1000);
    await deps.jobs.putPush(recordOf(deps, 'due'));
    await deps.jobs.putPush(recordOf(deps, 'later', { dueAtMs: later }));
    await deps.jobs.putPush(recordOf(deps, 'heldUp', { notBeforeMs: later }));
    await deps.jobs.putPush(recordOf(deps, 'running', { runnerUntilMs: later }));
    await deps.jobs.putPush(recordOf(deps, 'dead', { runnerUntilMs: msAfter(clock.now(), -1000) }));
    await resumePushes(deps);
    expect(deps.kicked.map(({ incarnation }) => incarnation).toSorted()).toEqual(['dead', 'due']);
  });

  it('can have it asked again at once for a confirmation', async () => {
    const { deps, clock, incarnation } = await pushWorld();
    await deps.jobs.putPush(recordOf(deps, incarnation, { notBeforeMs: msAfter(clock.now(), 60_000), confirmationTries: 3 }));
    await restartPush(deps, incarnation);
    expect(await deps.jobs.readPush(incarnation)).toMatchObject({ notBeforeMs: 0, confirmationTries: 0 });
    expect(deps.kicked).toEqual([pushJob(incarnation)]);
  });

  it('is not told that it noted what somebody else wrote meanwhile', async () => {
    const { deps, incarnation } = await pushWorld();
    const record = recordOf(deps, incarnation);
    await deps.jobs.putPush(record);
    expect(await noteWake(deps, record)).toBe(true);
    expect(await noteWake(deps, record)).toBe(false);
  });
});
