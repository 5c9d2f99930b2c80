import type { Station } from './station.ts';

/** What already lies in the queue while its costs are measured. */
export interface Load {
  /** Never received, behind the messages that the measurement takes. */
  readonly backlog: number;
  /** Received, not deleted, for hours to come. */
  readonly inFlight: number;
  /** Due in a day. */
  readonly delayed: number;
}

export const noLoad: Load = { backlog: 0, inFlight: 0, delayed: 0 };

const BATCH = 1000;
const DAY_SECONDS = 86_400;
const VISIBILITY_SECONDS_MAX = 43_200;
/** Every lease is looked at once in its first minute; after that it rests until it is due. */
const SWEEP_SECONDS = 90;

export async function putInFlight(station: Station, count: number): Promise<void> {
  let missing = count;
  while (missing > 0) {
    const batch = Math.min(BATCH, missing);
    await station.send(batch);
    const { answer } = await station.receive(batch, { visibilityTimeoutSeconds: VISIBILITY_SECONDS_MAX });
    if (answer.length === 0) throw new Error('a message just sent was not received');
    missing -= answer.length;
  }
  if (count === 0) return;
  for (let second = 0; second < SWEEP_SECONDS; second++) {
    await station.receive(1);
    station.world.advance(1000);
  }
}

export const putDelayed = (station: Station, count: number): Promise<void> => inBatches(count, (batch) => station.send(batch, { delaySeconds: DAY_SECONDS }));

export const putBacklog = (station: Station, count: number): Promise<void> => inBatches(count, (batch) => station.send(batch));

async function inBatches(count: number, send: (batch: number) => Promise<unknown>): Promise<void> {
  for (let missing = count; missing > 0; missing -= BATCH) await send(Math.min(BATCH, missing));
}
