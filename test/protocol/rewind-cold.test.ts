import { expect, it } from 'vitest';
import { cool } from '../core/archive/cold.ts';
import { memoryDeps } from '../support/memory-deps.ts';
import { newCaller } from './caller.ts';

/** Consuming again what only the archive has, over the wire and through a process that remembers nothing. */

interface Received { readonly body: string; readonly receiptHandle: string }

const MONTH_SECONDS = 30 * 86_400;

async function archived() {
  const { call, deps } = newCaller();
  await call('PUT', '/v1/queues/orders', { rewindSeconds: MONTH_SECONDS });
  const startMs = deps.clock.now();
  for (let hour = 0; hour < 6; hour += 1) {
    const entries = Array.from({ length: 100 }, (_, at) => ({ body: `${hour}/${at}`, tags: at % 4 === 0 ? ['fourth'] : [] }));
    await call('POST', '/v1/queues/orders/messages', { entries });
    deps.clock.advance(3_600_000);
  }
  await consume(call);
  await cool(deps);
  const fresh = newCaller(memoryDeps({ world: deps.world }));
  return { call: fresh.call, deps: fresh.deps, at: (hour: number) => new Date(startMs + hour * 3_600_000).toISOString() };
}

async function consume(call: ReturnType<typeof newCaller>['call']): Promise<readonly string[]> {
  const bodies: string[] = [];
  for (;;) {
    const { messages } = (await call('POST', '/v1/queues/orders/receive', { maxMessages: 1000 })).body as { readonly messages: readonly Received[] };
    if (messages.length === 0) return bodies.toSorted();
    bodies.push(...messages.map(({ body }) => body));
    await call('POST', '/v1/queues/orders/delete', { entries: messages.map(({ receiptHandle }) => ({ receiptHandle })) });
  }
}

it('is previewed, counted, and comes again from the middle on', async () => {
  const { call, deps, at } = await archived();
  expect((await call('GET', '/v1/queues/orders')).body).toMatchObject({ counts: { ready: 0, rewindable: 600 } });
  const from = { time: at(3) };
  expect((await call('POST', '/v1/queues/orders/rewinds/preview', { from })).body).toMatchObject({
    messages: 300, from: at(3), to: at(5), inFlight: 0, approximate: false, sample: expect.arrayContaining([expect.objectContaining({ body: '3/0', state: 'deleted' })]),
  });
  expect((await call('POST', '/v1/queues/orders/rewinds', { from })).status).toBe(202);
  deps.clock.advance(3000);
  const expected = [3, 4, 5].flatMap((hour) => Array.from({ length: 100 }, (_, index) => `${hour}/${index}`));
  expect(await consume(call)).toEqual(expected.toSorted());
});

it('is previewed and comes again by selection', async () => {
  const { call, at } = await archived();
  const asked = { from: { time: at(1) }, to: at(3), filter: { tags: ['fourth'] } };
  expect((await call('POST', '/v1/queues/orders/rewinds/preview', asked)).body).toMatchObject({ messages: 50, from: at(1), to: at(2), approximate: false });
  expect((await call('POST', '/v1/queues/orders/rewinds', asked)).status).toBe(200);
  const expected = [1, 2].flatMap((hour) => Array.from({ length: 25 }, (_, index) => `${hour}/${index * 4}`));
  expect(await consume(call)).toEqual(expected.toSorted());
});
