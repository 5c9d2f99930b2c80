import { describe, expect, it } from 'vitest';
import type { Log } from '../../lib/platform/log.ts';
import { startHousekeeping } from '../../local/housekeeping.ts';
import { deferred } from './support/deferred.ts';

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
const hour = 3_600_000;

describe('startHousekeeping', () => {
  it('goes on at once while there is more, then rests', async () => {
    const answers = ['more', 'more', 'done'] as const;
    const rested = deferred();
    let steps = 0;
    const housekeeping = startHousekeeping({
      chore: async () => {
        const answer = answers[steps] ?? 'done';
        steps += 1;
        if (answer === 'done') rested.resolve();
        return answer;
      },
    }, silent, { everyMs: hour, restPerWork: 0 });
    await rested.promise;
    await housekeeping.stop();
    expect(steps).toBe(3);
  });

  it('tells of a chore that fails, and tries it again in the next round', async () => {
    const warnings: unknown[] = [];
    const succeeded = deferred();
    let tries = 0;
    const housekeeping = startHousekeeping({
      chore: async () => {
        tries += 1;
        if (tries === 1) throw new Error('no');
        succeeded.resolve();
        return 'done';
      },
    }, { ...silent, warn: (_event, fields) => void warnings.push(fields) }, { everyMs: 0, restPerWork: 0 });
    await succeeded.promise;
    await housekeeping.stop();
    expect(warnings).toEqual([{ chore: 'chore', fault: new Error('no') }]);
  });

  it('waits for the step under way when it stops', async () => {
    const step = deferred<'done'>();
    const housekeeping = startHousekeeping({ chore: () => step.promise }, silent);
    const order: string[] = [];
    const stopped = housekeeping.stop().then(() => order.push('stopped'));
    order.push('step');
    step.resolve('done');
    await stopped;
    expect(order).toEqual(['step', 'stopped']);
  });
});
