import type { PathName } from './budget.ts';
import { callFigure, type Figure } from './figure.ts';
import { runStream } from './lives.ts';
import { newStation, type Station } from './station.ts';
import type { Recording } from './trace.ts';
import type { CostWorld } from './world.ts';

type ExtraName = Extract<PathName, 'delayedLife' | 'redelivery' | 'redeliveryLater' | 'changeVisibility'>;

const SAMPLES = 9;
/** The default visibility timeout, the bound on clock skew, and a moment. */
const PAST_VISIBILITY_MS = 30_500;

/** What costs more than the plain way. */
export async function measureExtras(world: CostWorld, scale: number): Promise<Record<ExtraName, Figure>> {
  const delayed = await runStream(await newStation(world, 'delayed'), {
    batch: 1, batchesPerSecond: 5, warmUpSeconds: 45, measureSeconds: 60 * scale, delaySeconds: 10,
  });
  const { first, later } = await measureRedelivery(await newStation(world, 'redelivered'));
  return {
    delayedLife: delayed.life,
    redelivery: first,
    redeliveryLater: later,
    changeVisibility: await measureChange(await newStation(world, 'changed')),
  };
}

/** One message at a time, whose consumers die twice. */
async function measureRedelivery(station: Station): Promise<{ readonly first: Figure; readonly later: Figure }> {
  const [firsts, laters]: [Recording<unknown>[], Recording<unknown>[]] = [[], []];
  for (let sample = 0; sample < SAMPLES; sample++) {
    await station.send(1);
    await station.receive(1);
    firsts.push(await redelivered(station));
    laters.push(await redelivered(station));
    const last = await redelivered(station);
    laters.push(last);
    await station.delete(last.answer);
  }
  return { first: callFigure(firsts, 1), later: callFigure(laters, 1) };
}

/** By a consumer that has just looked for new messages in vain: warm, and at the very moment it falls due. */
async function redelivered(station: Station) {
  station.world.advance(PAST_VISIBILITY_MS - 1_000);
  const early = await station.receive(1);
  if (early.answer.length > 0) throw new Error('a message was delivered again before its visibility timeout');
  station.world.advance(1_000);
  const again = await station.receive(1);
  if (again.answer.length === 0) throw new Error('a message was not delivered again after its visibility timeout');
  return again;
}

async function measureChange(station: Station): Promise<Figure> {
  const changes: Recording<unknown>[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    await station.send(1);
    const { answer } = await station.receive(1);
    changes.push(await station.changeVisibility(answer, 120));
    await station.delete(answer);
    station.world.advance(200);
  }
  return callFigure(changes, 1);
}
