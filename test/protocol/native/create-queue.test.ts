import { beforeEach, expect, it, vi } from 'vitest';
import { CallerError } from '../../../lib/core/errors.ts';
import { limits, type LimitName, rangeText } from '../../../lib/core/limits.ts';
import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { newCaller, refusal } from '../caller.ts';
import { queue, queueOnTheWire } from '../samples.ts';

vi.mock(import('../../../lib/core/queue/create-queue.ts'));

const { call } = newCaller();
const put = (body?: unknown) => call('PUT', '/v1/queues/work', body);

beforeEach(() => {
  vi.mocked(createQueue).mockReset().mockResolvedValue({ queue: queue(), created: true });
});

it('answers 201 and the queue when it is new', async () => {
  expect(await put({ visibilityTimeoutSeconds: 60 })).toMatchObject({ status: 201, body: queueOnTheWire });
  expect(createQueue).toHaveBeenCalledWith(expect.anything(), { name: 'work', settings: { visibilityTimeoutSeconds: 60 } });
});

it('answers 200 when it is there with the same attributes', async () => {
  vi.mocked(createQueue).mockResolvedValue({ queue: queue(), created: false });
  expect(await put({})).toMatchObject({ status: 200, body: queueOnTheWire });
});

it('answers 409 when it is there with others', async () => {
  vi.mocked(createQueue).mockRejectedValue(new CallerError('queueExistsWithOtherSettings', 'other settings'));
  expect(await put({})).toMatchObject(refusal('queueExistsWithOtherSettings', 'other settings'));
});

it('takes every default when there is no body', async () => {
  expect((await put()).status).toBe(201);
  expect(createQueue).toHaveBeenCalledWith(expect.anything(), { name: 'work', settings: {} });
});

it('hands every attribute on, and shows the dead-letter policy', async () => {
  const settings = {
    visibilityTimeoutSeconds: 1, retentionSeconds: 60, rewindSeconds: 3600, delaySeconds: 5, receiveWaitSeconds: 20,
    maxMessageBytes: 1024, inlineSegmentBytes: 0, deadLetter: { queue: 'dead', maxReceiveCount: 3 },
  };
  vi.mocked(createQueue).mockResolvedValue({ queue: queue(settings), created: true });
  expect((await put(settings)).body).toEqual({ ...queueOnTheWire, ...settings });
  expect(createQueue).toHaveBeenCalledWith(expect.anything(), { name: 'work', settings });
});

it.each([
  ['visibilityTimeoutSeconds', 'visibilityTimeoutSeconds'],
  ['retentionSeconds', 'retentionSeconds'],
  ['rewindSeconds', 'rewindSeconds'],
  ['delaySeconds', 'delaySeconds'],
  ['receiveWaitSeconds', 'waitSeconds'],
  ['maxMessageBytes', 'maxMessageBytes'],
  ['inlineSegmentBytes', 'inlineSegmentBytes'],
] as const satisfies readonly (readonly [string, LimitName])[])('keeps %s within its limit, both ends included', async (field, limit) => {
  const { min, max, unit } = limits[limit];
  expect((await put({ [field]: min })).status).toBe(201);
  expect((await put({ [field]: max })).status).toBe(201);
  for (const value of [min - 1, max + 1, min + 0.5]) {
    expect(await put({ [field]: value })).toMatchObject(refusal(
      'parameterOutOfRange', `${field} must be a whole number from ${min} to ${max} ${unit}, got ${value}`, { field, min, max, unit, value },
    ));
  }
});

it.each([
  [{ visibilityTimeoutSeconds: '30' }, 'visibilityTimeoutSeconds must be a number, got a string'],
  [{ visibilityTimeout: 30 }, 'the body has no field visibilityTimeout'],
  [{ deadLetter: null }, 'deadLetter must be an object, got null'],
  [{ deadLetter: { queue: 'dead' } }, 'deadLetter.maxReceiveCount is missing, and so is maxAgeSeconds: a policy has one of them'],
  [{ deadLetter: { queue: 'dead', maxReceiveCount: 1, maxAgeSeconds: 60 } }, 'deadLetter.maxAgeSeconds does not go with maxReceiveCount: a policy has one of them'],
  [{ deadLetter: { queue: '9', maxReceiveCount: 1 } }, 'deadLetter.queue must be a letter, then letters, digits, "-" or "_"'],
  [{ deadLetter: { queue: 'dead', maxReceiveCount: 1, max: 1 } }, 'the body has no field deadLetter.max'],
  [[], 'the body must be an object, got an array'],
  ['{"__proto__": 1}', 'the body has no field __proto__'],
])('refuses %j: %s', async (body, text) => {
  expect(await put(body)).toMatchObject(refusal('malformedRequest', text));
  expect(createQueue).not.toHaveBeenCalled();
});

it('takes a dead-letter policy by age, within its limit', async () => {
  const settings = { deadLetter: { queue: 'dead', maxAgeSeconds: 60 } };
  vi.mocked(createQueue).mockResolvedValue({ queue: queue(settings), created: true });
  expect((await put(settings)).body).toEqual({ ...queueOnTheWire, ...settings });
  expect(createQueue).toHaveBeenCalledWith(expect.anything(), { name: 'work', settings });
  const [field, { min, max, unit }] = ['deadLetter.maxAgeSeconds', limits.maxAgeSeconds];
  expect(await put({ deadLetter: { queue: 'dead', maxAgeSeconds: 59 } })).toMatchObject(
    refusal('parameterOutOfRange', `${field} must be ${rangeText('maxAgeSeconds')}, got 59`, { field, min, max, unit, value: 59 }),
  );
});

it.each(['9work', 'wo.rk', 'w%C3%B6rk', '-', 'a%2Fb', 'a%00'])('refuses the name %s', async (name) => {
  expect(await call('PUT', `/v1/queues/${name}`)).toMatchObject(
    refusal('malformedRequest', 'queue must be a letter, then letters, digits, "-" or "_"', { field: 'queue' }),
  );
});

it('takes a name of 80 characters and refuses one of 81', async () => {
  expect((await call('PUT', `/v1/queues/${'n'.repeat(80)}`)).status).toBe(201);
  expect(await call('PUT', `/v1/queues/${'n'.repeat(81)}`)).toMatchObject(
    refusal('parameterOutOfRange', 'queue must have 1 to 80 characters, has 81', { field: 'queue', max: 80, value: 81 }),
  );
});
