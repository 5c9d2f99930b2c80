import { beforeEach, expect, it, vi } from 'vitest';
import { CallerError } from '../../../lib/core/errors.ts';
import { purgeQueue } from '../../../lib/core/queue/purge-queue.ts';
import { newCaller, refusal } from '../caller.ts';
import { noon, noonMs } from '../samples.ts';

vi.mock(import('../../../lib/core/queue/purge-queue.ts'));

const { call } = newCaller();

beforeEach(() => {
  vi.mocked(purgeQueue).mockReset().mockResolvedValue({ rewindId: 'r1', effectiveAtMs: noonMs });
});

it.each([undefined, {}])('says from when on it is empty, asked with %j', async (body) => {
  expect(await call('POST', '/v1/queues/work/purge', body)).toMatchObject({ status: 200, body: { rewindId: 'r1', effectiveAt: noon } });
});

it('refuses a field it does not know, so that nobody purges more than was meant', async () => {
  expect(await call('POST', '/v1/queues/work/purge', { olderThan: noon })).toMatchObject(
    refusal('malformedRequest', 'the body has no field olderThan'),
  );
  expect(purgeQueue).not.toHaveBeenCalled();
});

it.each(['queueNotFound', 'queueIsChanging'] as const)('answers %s', async (kind) => {
  vi.mocked(purgeQueue).mockRejectedValue(new CallerError(kind, 'why'));
  expect(await call('POST', '/v1/queues/work/purge')).toMatchObject(refusal(kind, 'why'));
});
