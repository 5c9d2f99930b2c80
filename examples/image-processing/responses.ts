import { EventEmitter, once } from 'node:events';
import { type PictureResponse, pictureResponseShape } from './pictures.ts';
import type { Queue } from './queue-client.ts';

export interface Responses {
  /** The first response for a picture, waiting for it up to `waitSeconds`. */
  of(pictureKey: string, waitSeconds: number): Promise<PictureResponse | undefined>;
  /** Resolves when no more are read; rejects when the queue cannot be read. */
  readonly ended: Promise<void>;
}

/** Read the response queue until told to stop. A second response for a picture says the same: the first one counts. */
export function collectResponses(queue: Queue, signal: AbortSignal): Responses {
  const known = new Map<string, PictureResponse>();
  const arrivals = new EventEmitter().setMaxListeners(0);

  async function readAll(): Promise<void> {
    while (!signal.aborted) {
      const delivery = await queue.receive(20, signal);
      if (!delivery) continue;
      const response = pictureResponseShape.parse(JSON.parse(delivery.body));
      if (!known.has(response.pictureKey)) known.set(response.pictureKey, response);
      arrivals.emit(response.pictureKey);
      await queue.delete(delivery.receiptHandle);
    }
  }

  return {
    async of(pictureKey, waitSeconds) {
      if (!known.has(pictureKey) && waitSeconds > 0) {
        const patience = AbortSignal.any([signal, AbortSignal.timeout(waitSeconds * 1000)]);
        await once(arrivals, pictureKey, { signal: patience }).catch(() => undefined);
      }
      return known.get(pictureKey);
    },
    ended: readAll().catch((error: unknown) => {
      if (!signal.aborted) throw error;
    }),
  };
}
