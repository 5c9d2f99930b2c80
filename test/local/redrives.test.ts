import { describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../lib/core/errors.ts';
import { backgroundRedrives } from '../../local/redrives.ts';
import { deferred } from './support/deferred.ts';

const job = { incarnation: 'i', redriveId: 'r' };
const noSleep = async () => {};

describe('backgroundRedrives', () => {
  it('runs turn after turn until the job has ended', async () => {
    const ended = deferred();
    let turns = 0;
    const redrives = backgroundRedrives({
      sleep: noSleep, report: () => {},
      runTurn: async () => {
        turns += 1;
        if (turns === 3) ended.resolve();
        return turns === 3;
      },
    });
    redrives.kick(job);
    await ended.promise;
    await redrives.stop();
    expect(turns).toBe(3);
  });

  it('does not run the same job twice at once', async () => {
    const turn = deferred<boolean>();
    let turns = 0;
    const redrives = backgroundRedrives({
      sleep: noSleep, report: () => {},
      runTurn: () => {
        turns += 1;
        return turn.promise;
      },
    });
    redrives.kick(job);
    redrives.kick(job);
    redrives.kick({ ...job, redriveId: 'other' });
    turn.resolve(true);
    await redrives.stop();
    expect(turns).toBe(2);
  });

  it('goes on when the store answers again, and gives up on a fault of ours', async () => {
    const faults = [new StoreUnavailable('away', { outcome: 'refused' }), new Error('ours')];
    const reported: unknown[] = [];
    const gaveUp = deferred();
    const redrives = backgroundRedrives({
      sleep: noSleep,
      report: (fault) => {
        reported.push(fault);
        if (reported.length === 2) gaveUp.resolve();
      },
      runTurn: async () => { throw faults[reported.length]!; },
    });
    redrives.kick(job);
    await gaveUp.promise;
    await redrives.stop();
    expect(reported).toEqual(faults);
  });

  it('begins no turn once stopped', async () => {
    let turns = 0;
    const redrives = backgroundRedrives({ sleep: noSleep, report: () => {}, runTurn: async () => { turns += 1; return false; } });
    await redrives.stop();
    redrives.kick(job);
    expect(turns).toBe(0);
  });
});
