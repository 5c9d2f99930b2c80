import { callFigure, type Figure, lifeFigure } from './figure.ts';
import type { Station } from './station.ts';
import type { Recording } from './trace.ts';

/** A steady stream: every so often a batch is sent, one received, one deleted. */
export interface Stream {
  readonly batch: number;
  readonly batchesPerSecond: number;
  /** Until sweeps and stored cursors have come into step: longer than the visibility timeout. */
  readonly warmUpSeconds: number;
  readonly measureSeconds: number;
  readonly delaySeconds?: number;
}

export interface StreamFigures {
  readonly send: Figure;
  readonly receive: Figure;
  readonly delete: Figure;
  readonly life: Figure;
}

/** What a consumer takes from receive to delete. */
const WORK_MS = 5;
const SECOND_MS = 1000;

export const batchesOf = ({ batchesPerSecond, warmUpSeconds, measureSeconds }: Stream): number =>
  batchesPerSecond * (warmUpSeconds + measureSeconds);

/** Messages come from the head of the queue and go to its tail, whatever lies between. */
export async function runStream(station: Station, stream: Stream): Promise<StreamFigures> {
  const { batch, batchesPerSecond, warmUpSeconds } = stream;
  const sends: Recording<unknown>[] = [];
  const receives: Recording<unknown>[] = [];
  const deletes: Recording<unknown>[] = [];
  let lives = 0;
  for (let cycle = 0; cycle < batchesOf(stream); cycle++) {
    const sent = await station.send(batch, stream.delaySeconds);
    station.world.advance(WORK_MS);
    const received = await station.receive(batch);
    station.world.advance(WORK_MS);
    const deleted = received.answer.length > 0 ? [await station.delete(received.answer)] : [];
    station.world.advance(SECOND_MS / batchesPerSecond - 2 * WORK_MS);
    if (cycle < batchesPerSecond * warmUpSeconds) continue;
    sends.push(sent);
    receives.push(received);
    deletes.push(...deleted);
    lives += received.answer.length;
  }
  checkSteady(stream, lives);
  return {
    send: callFigure(sends, batch),
    receive: callFigure(receives, batch),
    delete: callFigure(deletes, batch),
    life: lifeFigure([...sends, ...receives, ...deletes], { lives, batch }),
  };
}

/** A stream whose messages are not all received measures something else than whole lives. */
function checkSteady({ batch, batchesPerSecond, measureSeconds }: Stream, lives: number): void {
  const sent = batch * batchesPerSecond * measureSeconds;
  if (Math.abs(lives / sent - 1) > 0.02) throw new Error(`${sent} messages of a stream were sent and ${lives} received`);
}
