import type { Delivery } from '../../lib/core/message.ts';
import { callFigure, type Figure, lifeFigure } from './figure.ts';
import type { Consumer, Station } from './station.ts';
import type { Recording } from './trace.ts';

/** A steady stream: every so often a batch is sent, one received, one deleted. */
export interface Stream {
  readonly batch: number;
  readonly batchesPerSecond: number;
  /** Until sweeps and stored cursors have come into step: longer than the visibility timeout. */
  readonly warmUpSeconds: number;
  readonly measureSeconds: number;
  readonly delaySeconds?: number;
  /** What a consumer asks for. Default: one batch. */
  readonly receiveMax?: number;
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

/**
 * Messages come from the head of the queue and go to its tail, whatever lies between. Of a topic `others` consume
 * beside the station, each a subscription of its own.
 */
export async function runStream(station: Station, stream: Stream, others: readonly Consumer[] = []): Promise<StreamFigures> {
  const { batch, batchesPerSecond, warmUpSeconds, delaySeconds, receiveMax = batch } = stream;
  const sends: Recording<unknown>[] = [];
  const receives: Recording<unknown>[] = [];
  const deletes: Recording<unknown>[] = [];
  let lives = 0;
  for (let cycle = 0; cycle < batchesOf(stream); cycle++) {
    const sent = await station.send(batch, delaySeconds === undefined ? {} : { delaySeconds });
    station.world.advance(WORK_MS);
    const taken = [await take(station, station, receiveMax)];
    for (const other of others) taken.push(await take(station, other, receiveMax));
    station.world.advance(SECOND_MS / batchesPerSecond - (2 + others.length) * WORK_MS);
    if (cycle < batchesPerSecond * warmUpSeconds) continue;
    sends.push(sent);
    receives.push(...taken.map(({ received }) => received));
    deletes.push(...taken.flatMap(({ deleted }) => deleted));
    lives += sum(taken.map(({ received }) => received.answer.length)) / taken.length;
  }
  checkSteady(stream, lives);
  return {
    send: callFigure(sends, batch),
    receive: callFigure(receives, batch),
    delete: callFigure(deletes, batch),
    life: lifeFigure([...sends, ...receives, ...deletes], { lives, batch }),
  };
}

interface Taken {
  readonly received: Recording<readonly Delivery[]>;
  /** Nothing was received: nothing. */
  readonly deleted: readonly Recording<unknown>[];
}

async function take({ world }: Station, consumer: Consumer, most: number): Promise<Taken> {
  const received = await consumer.receive(most);
  world.advance(WORK_MS);
  return { received, deleted: received.answer.length > 0 ? [await consumer.delete(received.answer)] : [] };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** A stream whose messages are not all received measures something else than whole lives. */
function checkSteady({ batch, batchesPerSecond, measureSeconds }: Stream, lives: number): void {
  const sent = batch * batchesPerSecond * measureSeconds;
  if (Math.abs(lives / sent - 1) > 0.02) throw new Error(`${sent} messages of a stream were sent and ${lives} received`);
}
