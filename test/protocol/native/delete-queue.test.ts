import { expect, it, vi } from 'vitest';
import { CallerError } from '../../../lib/core/errors.ts';
import { deleteQueue } from '../../../lib/core/queue/delete-queue.ts';
import { newCaller, refusal } from '../caller.ts';

vi.mock(import('../../../lib/core/queue/delete-queue.ts'));

const { call } = newCaller();

it('answers 204 without a body, but with the request id', async () => {
  const reply = await call('DELETE', '/v1/queues/work');
  expect(reply).toEqual({ status: 204, headers: { 'x-request-id': expect.stringMatching(/^\w+$/) }, body: undefined });
  expect(deleteQueue).toHaveBeenCalledWith(expect.anything(), { name: 'work' });
});

it.each(['queueNotFound', 'queueInUse', 'queueIsChanging'] as const)('answers %s', async (kind) => {
  vi.mocked(deleteQueue).mockRejectedValue(new CallerError(kind, 'why'));
  expect(await call('DELETE', '/v1/queues/work')).toMatchObject(refusal(kind, 'why'));
});
