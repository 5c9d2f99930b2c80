import { beforeEach, expect, it, vi } from 'vitest';
import { CallerError } from '../../../lib/core/errors.ts';
import { changeVisibility } from '../../../lib/core/queue/change-visibility.ts';
import { newCaller, refusal } from '../caller.ts';
import { noon, noonMs } from '../samples.ts';

vi.mock(import('../../../lib/core/queue/change-visibility.ts'));

const { call } = newCaller();
const change = (entries: unknown) => call('POST', '/v1/queues/work/visibility', { entries });

beforeEach(() => {
  vi.mocked(changeVisibility).mockReset().mockImplementation(async (_deps, { entries }) => (
    entries.map(() => ({ kind: 'changed', visibleAtMs: noonMs }))
  ));
});

it.each([0, 1, 43_200])('hides for %i seconds from now on', async (visibilityTimeoutSeconds) => {
  const entries = [{ receiptHandle: 'h', visibilityTimeoutSeconds }];
  expect(await change(entries)).toMatchObject({ status: 200, body: { results: [{ visibleAt: noon }], failed: 0 } });
  expect(changeVisibility).toHaveBeenCalledWith(expect.anything(), { name: 'work', entries });
});

it.each(['receiptHandleInvalid', 'receiptHandleStale', 'messageNotFound'] as const)('answers %s in the place of its entry', async (kind) => {
  vi.mocked(changeVisibility).mockResolvedValue([{ kind: 'failed', error: new CallerError(kind, 'why') }]);
  const { error } = refusal(kind, 'why').body;
  expect((await change([{ receiptHandle: 'a', visibilityTimeoutSeconds: 1 }])).body).toEqual({ results: [{ error }], failed: 1 });
});

it.each([
  ['parameterOutOfRange', { visibilityTimeoutSeconds: -1 }, 'entries[0].visibilityTimeoutSeconds must be a whole number from 0 to 43200 seconds, got -1'],
  ['parameterOutOfRange', { visibilityTimeoutSeconds: 43_201 }, 'entries[0].visibilityTimeoutSeconds must be a whole number from 0 to 43200 seconds, got 43201'],
  ['malformedRequest', {}, 'entries[0].visibilityTimeoutSeconds is missing'],
  ['malformedRequest', { visibilityTimeoutSeconds: null }, 'entries[0].visibilityTimeoutSeconds must be a number, got null'],
] as const)('refuses with %s %j', async (kind, entry, text) => {
  expect(await change([{ receiptHandle: 'h', ...entry }])).toMatchObject(refusal(kind, text));
  expect(changeVisibility).not.toHaveBeenCalled();
});
