import { beforeEach, expect, it, vi } from 'vitest';
import { CallerError } from '../../../lib/core/errors.ts';
import { deleteMessages } from '../../../lib/core/queue/delete-messages.ts';
import { newCaller, refusal } from '../caller.ts';

vi.mock(import('../../../lib/core/queue/delete-messages.ts'));

const { call } = newCaller();
const remove = (entries: unknown) => call('POST', '/v1/queues/work/delete', { entries });

beforeEach(() => {
  vi.mocked(deleteMessages).mockReset().mockImplementation(async (_deps, { entries }) => entries.map(() => ({ kind: 'deleted' })));
});

it('deletes by handle, and cancels by id', async () => {
  const entries = [{ receiptHandle: 'h' }, { messageId: 's1-0' }];
  expect(await remove(entries)).toMatchObject({ status: 200, body: { results: [{}, {}], failed: 0 } });
  expect(deleteMessages).toHaveBeenCalledWith(expect.anything(), { name: 'work', entries });
});

it.each(['receiptHandleInvalid', 'receiptHandleStale', 'messageNotFound', 'messageNotDelayed'] as const)(
  'answers %s in the place of its entry', async (kind) => {
    vi.mocked(deleteMessages).mockResolvedValue([{ kind: 'deleted' }, { kind: 'failed', error: new CallerError(kind, 'why') }]);
    const { error } = refusal(kind, 'why').body;
    expect((await remove([{ receiptHandle: 'a' }, { receiptHandle: 'b' }])).body).toEqual({ results: [{}, { error }], failed: 1 });
  },
);

it.each([
  [{}, 'entries[0] must have receiptHandle or messageId, and not both'],
  [{ receiptHandle: 'a', messageId: 'b' }, 'entries[0] must have receiptHandle or messageId, and not both'],
  [{ receiptHandle: 1 }, 'entries[0].receiptHandle must be a string, got a number'],
  [{ handle: 'a' }, 'the body has no field entries[0].handle'],
])('refuses %j: %s', async (entry, text) => {
  expect(await remove([entry])).toMatchObject(refusal('malformedRequest', text));
  expect(deleteMessages).not.toHaveBeenCalled();
});

it('refuses more than 1,000 entries', async () => {
  expect(await remove(Array.from({ length: 1001 }, () => ({ receiptHandle: 'h' })))).toMatchObject(
    refusal('parameterOutOfRange', 'entries must have 1 to 1000 entries, has 1001'),
  );
});
