import { describe, expect, inject, it } from 'vitest';
import { invokeReporter, listObjectKeys } from './deployment.ts';
import { invokeUrl, localAws } from './local-aws.ts';
import { signedFetch, unsignedFetch } from './signed-fetch.ts';

/** The stacks, unmodified, in a local AWS: what a user gets from `cdk deploy`, called over HTTP. */
describe('the deployed API', () => {
  const aws = localAws();
  const deployment = inject('deployment');
  const call = signedFetch(aws, invokeUrl(aws, deployment.apiUrl));

  const createQueue = async (name: string, settings: object = {}) =>
    expect(await call('PUT', `/v1/queues/${name}`, settings)).toMatchObject({ status: 201 });

  it('says that it is alive to anybody', async () => {
    const { status } = await unsignedFetch(invokeUrl(aws, deployment.apiUrl))('GET', '/v1/health');
    expect(status).toBe(200);
  });

  it('describes itself', async () => {
    const { status, body } = await call('GET', '/v1/openapi.json');
    expect({ status, version: body.openapi }).toEqual({ status: 200, version: expect.stringMatching(/^3\.1/) });
  });

  it('carries a message from its sender to a consumer that deletes it', async () => {
    await createQueue('orders');

    const sent = await call('POST', '/v1/queues/orders/messages', { entries: [{ body: 'first order', tags: ['new'] }] });
    expect(sent).toMatchObject({ status: 200, body: { failed: 0, results: [{ messageId: expect.any(String) }] } });

    const received = await call('POST', '/v1/queues/orders/receive', { maxMessages: 10, waitSeconds: 5 });
    expect(received.body.messages).toMatchObject([{ body: 'first order', tags: ['new'], receiveCount: 1 }]);

    const receiptHandle = received.body.messages?.[0]?.receiptHandle;
    const deleted = await call('POST', '/v1/queues/orders/delete', { entries: [{ receiptHandle }] });
    expect(deleted).toMatchObject({ status: 200, body: { failed: 0 } });

    const again = await call('POST', '/v1/queues/orders/receive', { maxMessages: 10 });
    expect(again.body.messages).toEqual([]);
  });

  it('tells how much a queue holds', async () => {
    await createQueue('counted');
    await call('POST', '/v1/queues/counted/messages', { entries: [{ body: 'a' }, { body: 'b' }] });
    const { status, body } = await call('GET', '/v1/queues/counted');
    expect({ status, ready: body.counts?.ready }).toEqual({ status: 200, ready: 2 });
  });

  it('reports what its queues hold as metrics', async () => {
    await createQueue('reported');
    await call('POST', '/v1/queues/reported/messages', { entries: [{ body: 'a' }] });
    const { failed, log } = await invokeReporter(aws);
    expect({ failed, metrics: log.filter((line) => line.includes('"queue":"reported"')) }).toEqual({
      failed: false, metrics: [expect.stringContaining('"ReadyMessages":1')],
    });
  });

  it('keeps a large send in the bucket, under a prefix that a lifecycle rule removes', async () => {
    await createQueue('large');
    // Hexadecimal noise: nothing that a codec could pack below what the table takes.
    const bodies = Array.from({ length: 40 }, (_, row) => noise(row, 4000));
    const sent = await call('POST', '/v1/queues/large/messages', { entries: bodies.map((body) => ({ body })) });
    expect(sent).toMatchObject({ status: 200, body: { failed: 0 } });

    expect(await listObjectKeys(aws, deployment.bucketName)).toEqual([expect.stringMatching(/^segments\/\d+d\//)]);
    const received = await call('POST', '/v1/queues/large/receive', { maxMessages: 40, waitSeconds: 5 });
    expect(received.body.messages?.map(({ body }) => body)).toEqual(bodies);
  });

  it('carries dead letters back in a function of their own', async () => {
    await createQueue('failures');
    await createQueue('work', { deadLetter: { queue: 'failures', maxReceiveCount: 1 } });
    await call('POST', '/v1/queues/work/messages', { entries: [{ body: 'stubborn' }] });
    const receive = (waitSeconds: number) =>
      call('POST', '/v1/queues/work/receive', { waitSeconds, visibilityTimeoutSeconds: 1 });
    await receive(1);
    // Nobody deletes it. Once its second is over it may not be received again, and is moved instead.
    expect((await receive(5)).body.messages).toEqual([]);

    const started = await call('POST', '/v1/queues/failures/redrives', {});
    expect(started.status).toBe(202);
    const progress = async () => (await call('GET', `/v1/queues/failures/redrives/${started.body.redriveId}`)).body;
    await expect.poll(progress, { timeout: 30_000 }).toMatchObject({ state: 'completed', moved: 1 });
    expect((await receive(5)).body.messages).toMatchObject([{ body: 'stubborn' }]);
  });

  it('hands out again what was deleted, after a rewind that it tells of', async () => {
    await createQueue('mistakes', { rewindSeconds: 3600 });
    const minuteAgo = { from: { time: new Date(Date.now() - 60_000).toISOString() } };
    await call('POST', '/v1/queues/mistakes/messages', { entries: [{ body: 'settled wrongly' }] });
    const receive = (waitSeconds: number) => call('POST', '/v1/queues/mistakes/receive', { waitSeconds });
    const receiptHandle = (await receive(5)).body.messages?.[0]?.receiptHandle;
    await call('POST', '/v1/queues/mistakes/delete', { entries: [{ receiptHandle }] });

    expect(await call('POST', '/v1/queues/mistakes/rewinds/preview', minuteAgo)).toMatchObject({ status: 200, body: { messages: 1 } });
    const rewound = await call('POST', '/v1/queues/mistakes/rewinds', minuteAgo);
    expect(rewound).toMatchObject({ status: 202, body: { rewindId: expect.any(String) } });
    // Whoever waits has it as soon as it takes effect.
    expect((await receive(20)).body.messages).toMatchObject([{ body: 'settled wrongly', receiveCount: 1 }]);
    const { rewindId } = rewound.body;
    expect(await call('GET', '/v1/queues/mistakes/rewinds')).toMatchObject({ status: 200, body: { rewinds: [{ rewindId, state: 'inEffect' }] } });
  });

  it('answers what it does not know with a code, through the whole way', async () => {
    const { status, body } = await call('GET', '/v1/queues/no-such-queue');
    expect({ status, code: body.error?.code }).toEqual({ status: 404, code: 'QueueNotFound' });
  });
});

/** Text that looks random and is the same in every run: a linear congruential generator's digits. */
function noise(seed: number, length: number): string {
  let state = seed + 1;
  let text = '';
  while (text.length < length) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += state.toString(16).padStart(8, '0').slice(0, 6);
  }
  return text.slice(0, length);
}
