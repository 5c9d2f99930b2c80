import { describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../lib/core/errors.ts';
import type { JobKey } from '../../lib/core/ports/job-table.ts';
import type { TurnEnd } from '../../lib/core/queue/job-turn.ts';
import { epochMs } from '../../lib/core/time.ts';
import { backgroundJobs } from '../../local/background-jobs.ts';
import { deferred } from './support/deferred.ts';

const job: JobKey = { kind: 'redrive', incarnation: 'i', jobId: 'r' };
const ended: TurnEnd = { kind: 'ended' };
const goesOn: TurnEnd = { kind: 'goesOn', atMs: epochMs(0) };
const now = () => 0;
const noSleep = async () => {};

describe('backgroundJobs', () => {
  it('runs turn after turn until the job has ended', async () => {
    const done = deferred();
    let turns = 0;
    const jobs = backgroundJobs({
      now, sleep: noSleep, report: () => {},
      runTurn: async () => {
        turns += 1;
        if (turns === 3) done.resolve();
        return turns === 3 ? ended : goesOn;
      },
    });
    jobs.kick(job);
    await done.promise;
    await jobs.stop();
    expect(turns).toBe(3);
  });

  it('does not run the same job twice at once', async () => {
    const turn = deferred<TurnEnd>();
    let turns = 0;
    const jobs = backgroundJobs({
      now, sleep: noSleep, report: () => {},
      runTurn: () => {
        turns += 1;
        return turn.promise;
      },
    });
    jobs.kick(job);
    jobs.kick(job);
    jobs.kick({ ...job, jobId: 'other' });
    turn.resolve(ended);
    await jobs.stop();
    expect(turns).toBe(2);
  });

  it('goes on when the store answers again, and gives up on a fault of ours', async () => {
    const faults = [new StoreUnavailable('away', { outcome: 'refused' }), new Error('ours')];
    const reported: unknown[] = [];
    const gaveUp = deferred();
    const jobs = backgroundJobs({
      now, sleep: noSleep,
      report: (fault) => {
        reported.push(fault);
        if (reported.length === 2) gaveUp.resolve();
      },
      runTurn: async () => { throw faults[reported.length]!; },
    });
    jobs.kick(job);
    await gaveUp.promise;
    await jobs.stop();
    expect(reported).toEqual(faults);
  });

  it('gives a job that is kicked while it runs another turn', async () => {
    const [first, second] = [deferred<TurnEnd>(), deferred()];
    let turns = 0;
    const jobs = backgroundJobs({
      now, sleep: noSleep, report: () => {},
      runTurn: async () => {
        turns += 1;
        if (turns === 1) return first.promise;
        second.resolve();
        return ended;
      },
    });
    jobs.kick(job);
    jobs.kick(job);
    jobs.kick(job);
    first.resolve(ended);
    await second.promise;
    await jobs.stop();
    expect(turns).toBe(2);
  });

  it('wakes a job that is kicked while it sleeps until its time', async () => {
    const [asleep, second] = [deferred(), deferred()];
    const sleeps: number[] = [];
    let turns = 0;
    const jobs = backgroundJobs({
      now, report: () => {},
      sleep: (ms, signal) => new Promise((resolve) => {
        sleeps.push(ms);
        signal.addEventListener('abort', () => resolve(), { once: true });
        asleep.resolve();
      }),
      runTurn: async () => {
        turns += 1;
        if (turns === 2) second.resolve();
        return turns === 2 ? ended : { kind: 'goesOn', atMs: epochMs(5000) };
      },
    });
    jobs.kick(job);
    await asleep.promise;
    jobs.kick(job);
    await second.promise;
    await jobs.stop();
    expect(sleeps).toEqual([5000]);
  });

  it('sleeps for a day at most, and not on when it is stopped', async () => {
    const asleep = deferred<number>();
    const jobs = backgroundJobs({
      now, report: () => {},
      sleep: (ms, signal) => new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
        asleep.resolve(ms);
      }),
      runTurn: async () => ({ kind: 'goesOn', atMs: epochMs(1e12) }),
    });
    jobs.kick(job);
    expect(await asleep.promise).toBe(86_400_000);
    await jobs.stop();
  });

  it('begins no turn once stopped', async () => {
    let turns = 0;
    const jobs = backgroundJobs({ now, sleep: noSleep, report: () => {}, runTurn: async () => { turns += 1; return goesOn; } });
    await jobs.stop();
    jobs.kick(job);
    expect(turns).toBe(0);
  });
});
