import { beforeEach, expect, it, vi } from 'vitest';
import { CallerError } from '../../../lib/core/errors.ts';
import { changeQueue } from '../../../lib/core/queue/change-queue.ts';
import { newCaller, refusal } from '../caller.ts';
import { queue, queueOnTheWire } from '../samples.ts';

vi.mock(import('../../../lib/core/queue/change-queue.ts'));

const { call } = newCaller();
const patch = (body?: unknown) => call('PATCH', '/v1/queues/work', body);

beforeEach(() => {
  vi.mocked(changeQueue).mockReset().mockResolvedValue(queue());
});

it.each([
  {}, { delaySeconds: 9 }, { rewindSeconds: 604_800 }, { deadLetter: null }, { deadLetter: { queue: 'dead', maxReceiveCount: 10_000 } },
])('changes what %j names', async (changes) => {
  expect(await patch(changes)).toMatchObject({ status: 200, body: queueOnTheWire });
  expect(changeQueue).toHaveBeenCalledWith(expect.anything(), { name: 'work', changes });
});

it.each(['queueNotFound', 'deadLetterQueueNotFound', 'deadLetterCycle', 'queueIsChanging'] as const)('answers %s', async (kind) => {
  vi.mocked(changeQueue).mockRejectedValue(new CallerError(kind, 'why'));
  expect(await patch({})).toMatchObject(refusal(kind, 'why'));
});

it('refuses what a PUT refuses', async () => {
  expect(await patch({ name: 'x' })).toMatchObject(refusal('malformedRequest', 'the body has no field name'));
  expect(await patch({ retentionSeconds: 59 })).toMatchObject(
    refusal('parameterOutOfRange', 'retentionSeconds must be a whole number from 60 to 34560000 seconds, got 59'),
  );
  expect(changeQueue).not.toHaveBeenCalled();
});
