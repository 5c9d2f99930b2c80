import { expect, it, vi } from 'vitest';
import { CallerError } from '../../../lib/core/errors.ts';
import { describeQueue } from '../../../lib/core/queue/describe-queue.ts';
import { newCaller, refusal } from '../caller.ts';
import { noon, noonMs, queue, queueOnTheWire } from '../samples.ts';

vi.mock(import('../../../lib/core/queue/describe-queue.ts'));

const { call } = newCaller();
const counts = { ready: 4, inFlight: 3, delayed: 2, rewindable: 0, approximate: true };

it('shows attributes and counts', async () => {
  vi.mocked(describeQueue).mockResolvedValue({ queue: queue(), counts: { ...counts, oldestMessageAgeSeconds: 17, asOfMs: noonMs } });
  const reply = await call('GET', '/v1/queues/work');
  expect(reply.status).toBe(200);
  expect(reply.body).toEqual({ ...queueOnTheWire, counts: { ...counts, oldestMessageAgeSeconds: 17, asOf: noon } });
});

it('shows null for the age of the oldest message when there is none', async () => {
  vi.mocked(describeQueue).mockResolvedValue({ queue: queue(), counts: { ...counts, oldestMessageAgeSeconds: undefined, asOfMs: noonMs } });
  expect((await call('GET', '/v1/queues/work')).body).toMatchObject({ counts: { oldestMessageAgeSeconds: null } });
});

it('answers 404 when there is no such queue', async () => {
  vi.mocked(describeQueue).mockRejectedValue(new CallerError('queueNotFound', 'no queue is named work', { queue: 'work' }));
  expect(await call('GET', '/v1/queues/work')).toMatchObject(refusal('queueNotFound', 'no queue is named work', { queue: 'work' }));
});

it('takes neither a body nor a query', async () => {
  expect(await call('GET', '/v1/queues/work', {})).toMatchObject(refusal('malformedRequest', 'this request takes no body'));
  expect(await call('GET', '/v1/queues/work?counts=no')).toMatchObject(refusal('malformedRequest', 'the query has no field counts'));
});
