import { lineSupply } from '../log-lines.ts';
import type { LoadTask, Worker } from './broker.ts';
import { jsonClient, type JsonClient } from './json-client.ts';

interface BatchAnswer { readonly failed: number; readonly results: readonly unknown[] }
interface ReceiveAnswer { readonly messages: readonly { readonly receiptHandle: string }[] }

/** What a program of a user does: a request, wait for its answer, the next request. */
export function rewindmqWorker({ target, queue, role, batch }: LoadTask, seed: number): Worker {
  const client = jsonClient(target.url);
  const path = `/v1/queues/${queue}`;
  const once = role === 'produce' ? producer(client, path, { batch, seed }) : consumer(client, path, batch);
  return { once, close: async () => client.close() };
}

function producer(client: JsonClient, path: string, { batch, seed }: { readonly batch: number; readonly seed: number }) {
  const nextBody = lineSupply(seed);
  return async (): Promise<number> => {
    const entries = Array.from({ length: batch }, () => ({ body: nextBody() }));
    const answer = await client.call<BatchAnswer>('POST', `${path}/messages`, { entries });
    return acknowledged('send', answer);
  };
}

function consumer(client: JsonClient, path: string, batch: number) {
  return async (): Promise<number> => {
    const { messages } = await client.call<ReceiveAnswer>('POST', `${path}/receive`, { maxMessages: batch, waitSeconds: 1 });
    if (messages.length === 0) return 0;
    const entries = messages.map(({ receiptHandle }) => ({ receiptHandle }));
    return acknowledged('delete', await client.call<BatchAnswer>('POST', `${path}/delete`, { entries }));
  };
}

/** A failed entry makes the run worthless: better to stop than to count it. */
function acknowledged(action: string, { failed, results }: BatchAnswer): number {
  if (failed > 0) throw new Error(`${failed} of ${results.length} entries of a ${action} failed: ${JSON.stringify(results).slice(0, 500)}`);
  return results.length;
}
