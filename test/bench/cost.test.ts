import { describe, expect, it } from 'vitest';
import { measureArchive } from '../../bench/cost/archive.ts';
import { excesses, type PathName } from '../../bench/cost/budget.ts';
import { measureDelayed } from '../../bench/cost/delayed-publications.ts';
import { measureFilters } from '../../bench/cost/filters.ts';
import { measurePush } from '../../bench/cost/push.ts';
import { measureRewind } from '../../bench/cost/rewind.ts';
import { callFigure, type Figure } from '../../bench/cost/figure.ts';
import { runStream } from '../../bench/cost/lives.ts';
import { newStation } from '../../bench/cost/station.ts';
import { measureTopics } from '../../bench/cost/topics.ts';
import { memoryWorld } from '../../bench/cost/world.ts';

/** The units are computed from item sizes here; `npm run bench:cost` takes them from the engine. */
function expectWithinBudget(figures: Partial<Record<PathName, Figure>>): void {
  for (const [path, figure] of Object.entries(figures) as [PathName, Figure][]) {
    // The requests are shown when it fails: they say where the units went.
    expect({ path, over: excesses(path, figure), requests: figure.requests }).toEqual({ path, over: [], requests: figure.requests });
  }
}

/** So that sweeps come into step within seconds. */
const quick = { visibilityTimeoutSeconds: 5 };

describe('cost', () => {
  it('of single messages, over their whole lives, stays within its budget', async () => {
    const station = await newStation(memoryWorld(), 'one', quick);
    const { send, receive, delete: deletion, life } = await runStream(station, {
      batch: 1, batchesPerSecond: 50, warmUpSeconds: 7, measureSeconds: 6,
    });

    expectWithinBudget({ send1: send, receive1: receive, delete1: deletion, life1: life });
  });

  it('of batches of 16, over their whole lives, stays within its budget', async () => {
    const station = await newStation(memoryWorld(), 'sixteen', quick);
    const { send, receive, delete: deletion, life } = await runStream(station, {
      batch: 16, batchesPerSecond: 20, warmUpSeconds: 7, measureSeconds: 6,
    });

    expectWithinBudget({ send16: send, receive16: receive, delete16: deletion, life16: life });
  });

  it('of batches of 1,000 through the object store stays within its budget', async () => {
    const station = await newStation(memoryWorld(), 'thousand');
    const { send, receive, delete: deletion, life } = await runStream(station, {
      batch: 1000, batchesPerSecond: 2, warmUpSeconds: 1, measureSeconds: 5,
    });

    expectWithinBudget({ send1000: send, receive1000: receive, delete1000: deletion, life1000: life });
  });

  it('of a delayed message, over its whole life, stays within its budget', async () => {
    const station = await newStation(memoryWorld(), 'delayed');
    const { life } = await runStream(station, {
      batch: 1, batchesPerSecond: 20, warmUpSeconds: 4, measureSeconds: 10, delaySeconds: 2,
    });

    expectWithinBudget({ delayedLife: life });
  });

  it('of a rewind, and of looking beside what it left, stays within its budget, with the same writes whatever the history', async () => {
    const figures = await measureRewind(memoryWorld(), 0.05);
    expectWithinBudget(figures);
    expect(figures.rewind1000000.writeUnits).toBe(figures.rewind1000.writeUnits);
  });

  it('of archiving, and of receiving from the archive, stays within its budget', async () => {
    expectWithinBudget(await measureArchive(memoryWorld(), 0.2));
  });

  it('of a publication is that of a send, with no subscription, with one and with a thousand, and while nobody calls they cost nothing', async () => {
    const world = memoryWorld();
    const figures = await measureTopics(world);
    const station = await newStation(world, 'sixteen');
    await station.send(16);
    const { requests, ...send } = callFigure([await station.send(16)], 16);

    expectWithinBudget(figures);
    for (const publication of [figures.publish16To0, figures.publish16To1, figures.publish16To1000]) expect(publication).toEqual({ ...send, requests });
  });

  it('of delayed publications, with one subscription and with two, stays within its budget', async () => {
    expectWithinBudget(await measureDelayed(memoryWorld(), 0.5));
  });

  it('of receiving a hundredth of what is published stays within its budget', async () => {
    expectWithinBudget(await measureFilters(memoryWorld(), 0.5));
  });

  it('of pushes stays within its budget', async () => {
    expectWithinBudget(await measurePush(memoryWorld(), 1));
  });

  it('of an empty receive is one look at the alarms and one at the log', async () => {
    const station = await newStation(memoryWorld(), 'empty');
    await station.receive(1);
    const polls = [await station.receive(1), await station.receive(16), await station.receive(1000)];

    expectWithinBudget({ receiveEmpty: callFigure(polls, 0) });
  });

  it('does not grow with what is in flight or delayed', async () => {
    const station = await newStation(memoryWorld(), 'loaded', quick);
    for (let batch = 0; batch < 40; batch++) await station.send(16, { delaySeconds: 86_400 });
    for (let batch = 0; batch < 40; batch++) {
      await station.send(16);
      await station.receive(16, { visibilityTimeoutSeconds: 43_200 });
    }
    const { send, receive, delete: deletion } = await runStream(station, {
      batch: 16, batchesPerSecond: 20, warmUpSeconds: 7, measureSeconds: 2,
    });

    expectWithinBudget({ send16: send, receive16: receive, delete16: deletion });
  });

  it('misses a budget that is made tighter: the check can fail', async () => {
    const station = await newStation(memoryWorld(), 'control');
    const { send } = await runStream(station, { batch: 16, batchesPerSecond: 2, warmUpSeconds: 0, measureSeconds: 2 });

    expect(excesses('send1', send)).toEqual([{ path: 'send1', unit: 'writeUnits', measured: send.writeUnits, allowed: 1 }]);
  });
});
