import type { Delivery } from '../../lib/core/message.ts';
import type { PathName } from './budget.ts';
import { callFigure, type Figure } from './figure.ts';
import { runStream } from './lives.ts';
import { newStation, type Station } from './station.ts';
import type { Recording } from './trace.ts';
import type { CostWorld } from './world.ts';

type ExtraName = Extract<PathName, 'delayedLife' | 'redelivery' | 'redeliveryLater' | 'changeVisibility'>;

const SAMPLES = 9;
const VISIBILITY_MS = 30_000;
const POLL_MS = 1_000;
const POLLS_MAX = 10;

/** What costs more than the plain way. */
export async function measureExtras(world: CostWorld, scale: number): Promise<Record<ExtraName, Figure>> {
  const delayed = await runStream(await newStation(world, 'delayed'), {
    batch: 1, batchesPerSecond: 20, warmUpSeconds: 15, measureSeconds: 30 * scale, delaySeconds: 10,
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
    firsts.push(beyondEmpty(await redelivered(station)));
    laters.push(beyondEmpty(await redelivered(station)));
    const last = await redelivered(station);
    laters.push(beyondEmpty(last));
    await station.delete(last.answer);
  }
  return { first: callFigure(firsts, 1), later: callFigure(laters, 1) };
}

/** The call that brings the message again, of a consumer that polls once a second from shortly before it falls due. */
async function redelivered(station: Station): Promise<Recording<readonly Delivery[]>> {
  station.world.advance(VISIBILITY_MS - POLL_MS);
  for (let poll = 0; poll < POLLS_MAX; poll++) {
    const again = await station.receive(1);
    if (again.answer.length > 0) return again;
    station.world.advance(POLL_MS);
  }
  throw new Error(`a message was not delivered again within ${POLLS_MAX} s of its visibility timeout`);
}

/** What any receive would have asked, beside its look for news, and what comes along now and then for all messages together. */
export const ordinary: ReadonlySet<string> = new Set(['get name', 'query queue', 'query alarm', 'query lease', 'update head']);

/** A redelivery is counted as what it adds to the empty receive that the call would have been without it. */
function beyondEmpty(recording: Recording<unknown>): Recording<unknown> {
  const lookForNews = recording.requests.find(({ name }) => name === 'query segment');
  return { ...recording, requests: recording.requests.filter((request) => !ordinary.has(request.name) && request !== lookForNews) };
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
