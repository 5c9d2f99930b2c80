import { parseArgs } from 'node:util';
import { tell } from './events.ts';
import { openPictureStore, type PictureStore, resultKey } from './picture-store.ts';
import {
  applyOperation, formatOf, nameOf, type PictureRequest, pictureRequestShape, type PictureResponse, type PictureResult,
} from './pictures.ts';
import { type Delivery, openQueue, type Queue } from './queue-client.ts';

/**
 * A worker: receive, process, store, respond, delete, in that order.
 *
 * Killed at any point it loses nothing. Before the delete the message comes again to another worker, which writes the
 * same results to the same keys and responds once more; whoever reads the responses takes the first.
 */
interface Worker {
  readonly name: string;
  readonly requests: Queue;
  readonly responses: Queue;
  readonly store: PictureStore;
  readonly visibilityTimeoutSeconds: number;
}

const { values } = parseArgs({
  options: {
    name: { type: 'string', default: `worker ${process.pid}` },
    rewindmq: { type: 'string', default: 'http://127.0.0.1:8400' },
    requests: { type: 'string', default: 'picture-requests' },
    responses: { type: 'string', default: 'picture-responses' },
    store: { type: 'string', default: 'picture-store' },
    'visibility-timeout': { type: 'string', default: '30' },
  },
});

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
process.once('SIGINT', () => stop.abort());

await work({
  name: values.name,
  requests: openQueue(values.rewindmq, values.requests),
  responses: openQueue(values.rewindmq, values.responses),
  store: openPictureStore(values.store),
  visibilityTimeoutSeconds: Number(values['visibility-timeout']),
}, stop.signal);

/** Until told to stop; the picture under way is finished first. */
async function work(worker: Worker, signal: AbortSignal): Promise<void> {
  tell({ event: 'ready', worker: worker.name });
  while (!signal.aborted) {
    const delivery = await receive(worker, signal);
    if (delivery) await handle(worker, delivery);
  }
}

async function receive({ requests }: Worker, signal: AbortSignal): Promise<Delivery | undefined> {
  try {
    return await requests.receive(20, signal);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

async function handle(worker: Worker, delivery: Delivery): Promise<void> {
  const stopExtending = keepHidden(worker, delivery);
  try {
    await serve(worker, delivery);
  } catch (error) {
    // Not deleted: it comes again after its visibility timeout, and after too many times lies among the dead letters.
    tell({ event: 'failed', worker: worker.name, messageId: delivery.messageId, problem: String(error) });
  } finally {
    stopExtending();
  }
}

async function serve(worker: Worker, { body, receiptHandle, receiveCount }: Delivery): Promise<void> {
  const request = pictureRequestShape.parse(JSON.parse(body));
  const about = { worker: worker.name, pictureKey: request.pictureKey, receiveCount };
  tell({ event: 'took', ...about });
  const outcome = await processPicture(worker, request);
  await worker.responses.send({ ...about, ...outcome } satisfies PictureResponse);
  await worker.requests.delete(receiptHandle);
  tell({ event: 'finished', ...about });
}

type Outcome = Pick<PictureResponse, 'results' | 'problem'>;

async function processPicture({ name, store }: Worker, { pictureKey, operations }: PictureRequest): Promise<Outcome> {
  const picture = await store.get(pictureKey);
  const results: PictureResult[] = [];
  for (const operation of operations) {
    const processed = await applyOperation(picture, operation).catch(toProblem);
    if ('problem' in processed) return { results, problem: processed.problem };
    const key = resultKey(pictureKey, nameOf(operation), formatOf(operation));
    await store.put(key, processed.bytes);
    tell({ event: 'stored', worker: name, pictureKey, resultKey: key });
    results.push({ operation: nameOf(operation), resultKey: key, width: processed.width, height: processed.height });
  }
  return { results };
}

/** A file that is no picture will not become one by trying again: that is an answer too. */
function toProblem(error: unknown): { readonly problem: string } {
  return { problem: String(error) };
}

/** As long as this process lives and works, nobody else gets the message, however long it takes. */
function keepHidden({ requests, visibilityTimeoutSeconds }: Worker, { receiptHandle }: Delivery): () => void {
  const extend = () => {
    // Failing to extend costs a second delivery at worst, never the picture.
    requests.extend(receiptHandle, visibilityTimeoutSeconds).catch((error: unknown) => console.error(String(error)));
  };
  const timer = setInterval(extend, visibilityTimeoutSeconds * 1000 / 3);
  return () => clearInterval(timer);
}
