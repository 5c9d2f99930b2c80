import { beforeEach, expect, it, vi } from 'vitest';
import { CallerError, StoreUnavailable } from '../../../lib/core/errors.ts';
import { limits } from '../../../lib/core/limits.ts';
import { sendMessages } from '../../../lib/core/queue/send-messages.ts';
import { newCaller, refusal } from '../caller.ts';
import { noon, noonMs } from '../samples.ts';

vi.mock(import('../../../lib/core/queue/send-messages.ts'));

const { call } = newCaller();
const send = (entries: unknown, headers = {}) => call('POST', '/v1/queues/work/messages', { entries }, { headers });
const sendOne = (entry: object) => send([entry]);
const sentEntries = () => vi.mocked(sendMessages).mock.lastCall?.[1].entries;

beforeEach(() => {
  vi.mocked(sendMessages).mockReset().mockImplementation(async (_deps, { entries }) => (
    entries.map((_, index) => ({ kind: 'sent', messageId: `s1-${index}`, enqueuedAtMs: noonMs }))
  ));
});

it('answers one result per entry, in order', async () => {
  expect(await send([{ body: 'a' }, { body: 'b' }])).toMatchObject({
    status: 200,
    body: { results: [{ messageId: 's1-0', enqueueTime: noon }, { messageId: 's1-1', enqueueTime: noon }], failed: 0 },
  });
});

it('shows what failed beside what did not', async () => {
  vi.mocked(sendMessages).mockResolvedValue([
    { kind: 'failed', error: new CallerError('messageTooLarge', 'too large', { value: 9 }) },
    { kind: 'sent', messageId: 's1-0', enqueuedAtMs: noonMs },
    { kind: 'failed', error: new StoreUnavailable('throttled', { outcome: 'refused' }) },
  ]);
  expect((await send([{ body: 'a' }, { body: 'b' }, { body: 'c' }])).body).toEqual({
    results: [
      { error: { code: 'MessageTooLarge', message: 'too large', details: { value: 9 } } },
      { messageId: 's1-0', enqueueTime: noon },
      { error: { code: 'TryAgain', message: expect.any(String), details: {} } },
    ],
    failed: 2,
  });
});

it('hands everything on that an entry may have', async () => {
  await send([
    { body: 'höi 🎈', attributes: { a: '', b: 'ü' }, tags: ['x', 'y'], delaySeconds: 7 },
    { body: 'AP8=', encoding: 'base64', deliverAt: '2027-01-31T13:00:00.25+01:00' },
    { body: '', encoding: 'text' },
  ]);
  expect(sentEntries()).toEqual([
    { body: { kind: 'text', text: 'höi 🎈' }, attributes: { a: '', b: 'ü' }, tags: ['x', 'y'], delaySeconds: 7 },
    { body: { kind: 'binary', bytes: Buffer.from([0, 255]) }, attributes: {}, tags: [], deliverAtMs: noonMs },
    { body: { kind: 'text', text: '' }, attributes: {}, tags: [] },
  ]);
});

it.each([
  [{}, 'entries[0].body is missing'],
  [{ body: 1 }, 'entries[0].body must be a string, got a number'],
  [{ body: null }, 'entries[0].body must be a string, got null'],
  [{ body: 'a', encoding: 'hex' }, 'entries[0].encoding must be one of text, base64, got hex'],
  [{ body: 'a', bodyType: 'x' }, 'the body has no field entries[0].bodyType'],
  [{ body: 'a', attributes: [] }, 'entries[0].attributes must be an object of texts'],
  [{ body: 'a', attributes: { size: 1 } }, 'entries[0].attributes.size must be a text'],
  [{ body: 'a', attributes: { size: '\ud800' } }, 'entries[0].attributes.size must be well-formed Unicode: it has half of a surrogate pair'],
  [{ body: 'a', tags: 'x' }, 'entries[0].tags must be an array, got a string'],
  [{ body: 'a', tags: ['ok', '\udc00'] }, 'entries[0].tags[1] must be well-formed Unicode: it has half of a surrogate pair'],
  [{ body: '\ud83d' }, 'entries[0].body must be well-formed Unicode: it has half of a surrogate pair'],
  [{ body: 'a', delaySeconds: '3' }, 'entries[0].delaySeconds must be a number, got a string'],
  [{ body: 'a', deliverAt: '2027-02-29T00:00:00Z' }, 'entries[0].deliverAt must be an RFC 3339 time that exists, such as 2027-01-31T12:00:00Z'],
  [{ body: 'a', deliverAt: 1_800_000_000 }, 'entries[0].deliverAt must be a string, got a number'],
  [{ body: 'a', delaySeconds: 1, deliverAt: noon }, 'entries[0].deliverAt and delaySeconds exclude each other'],
])('refuses %j: %s', async (entry, text) => {
  expect(await sendOne(entry)).toMatchObject(refusal('malformedRequest', text));
  expect(sendMessages).not.toHaveBeenCalled();
});

it('refuses an attribute named __proto__ instead of losing it', async () => {
  const reply = await call('POST', '/v1/queues/work/messages', '{"entries":[{"body":"a","attributes":{"__proto__":"x"}}]}');
  expect(reply).toMatchObject(refusal('malformedRequest', 'entries[0].attributes.__proto__ is not a name an attribute can have'));
});

it.each(['A', 'AP8', 'AP8=\n', 'AP9=', 'AP-_', 'A P8=', '====', 'é'])('refuses the base64 %j', async (body) => {
  expect(await sendOne({ body, encoding: 'base64' })).toMatchObject(
    refusal('malformedRequest', 'entries[0].body must be base64 (RFC 4648, padded) when the encoding says so', { field: 'entries[0].body' }),
  );
});

const manyAttributes = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, 'x']));

it.each([
  ['attributeCount', { attributes: manyAttributes(20) }, { attributes: manyAttributes(21) }, 'entries[0].attributes must have 0 to 20 attributes, has 21'],
  ['attributeNameLength', { attributes: { ['n'.repeat(128)]: '' } }, { attributes: { ['n'.repeat(129)]: '' } }, 'entries[0].attributes must have names of 1 to 128 characters, has 129'],
  ['attributeNameLength', { attributes: { n: '' } }, { attributes: { '': '' } }, 'entries[0].attributes must have names of 1 to 128 characters, has 0'],
  ['attributeValueLength', { attributes: { n: 'v'.repeat(4096) } }, { attributes: { n: 'v'.repeat(4097) } }, 'entries[0].attributes.n must have 0 to 4096 characters, has 4097'],
  ['tagCount', { tags: ['1', '2', '3', '4', '5'] }, { tags: ['1', '2', '3', '4', '5', '6'] }, 'entries[0].tags must have 0 to 5 tags, has 6'],
  ['tagLength', { tags: ['t'.repeat(64)] }, { tags: ['t'.repeat(65)] }, 'entries[0].tags[0] must have 1 to 64 characters, has 65'],
  ['tagLength', { tags: ['t'] }, { tags: [''] }, 'entries[0].tags[0] must have 1 to 64 characters, has 0'],
  ['delaySeconds', { delaySeconds: 0 }, { delaySeconds: -1 }, 'entries[0].delaySeconds must be a whole number from 0 to 3162240000 seconds, got -1'],
  ['delaySeconds', { delaySeconds: 3_162_240_000 }, { delaySeconds: 1.5 }, 'entries[0].delaySeconds must be a whole number from 0 to 3162240000 seconds, got 1.5'],
] as const)('keeps to %s', async (limit, good, bad, text) => {
  expect((await sendOne({ body: '', ...good })).status).toBe(200);
  const { min, max, unit } = limits[limit];
  expect(await sendOne({ body: '', ...bad })).toMatchObject(refusal('parameterOutOfRange', text, { min, max, unit }));
});

const entries = (count: number) => Array.from({ length: count }, () => ({ body: 'a' }));

it('takes 1 to 1,000 entries', async () => {
  expect((await send(entries(1))).status).toBe(200);
  expect((await send(entries(1000))).status).toBe(200);
  for (const count of [0, 1001]) {
    expect(await send(entries(count))).toMatchObject(
      refusal('parameterOutOfRange', `entries must have 1 to 1000 entries, has ${count}`, { field: 'entries', value: count }),
    );
  }
});

it.each([[undefined, 'entries is missing'], [{}, 'entries must be an array, got an object'], [[null], 'entries[0] must be an object, got null']])(
  'refuses entries that are %j', async (entries, text) => {
    expect(await send(entries)).toMatchObject(refusal('malformedRequest', text));
  },
);

it.each(['groupId', 'deduplicationId'])('refuses %s until its feature is there', async (field) => {
  expect(await sendOne({ body: 'a', [field]: 'x' })).toMatchObject(
    refusal('notSupportedYet', `entries[0].${field} is not supported yet`, { field: `entries[0].${field}` }),
  );
});

it('hands the idempotency key on', async () => {
  await send([{ body: 'a' }], { 'idempotency-key': 'order-17' });
  expect(sendMessages).toHaveBeenCalledWith(expect.anything(), expect.objectContaining({ idempotencyKey: 'order-17' }));
});

it.each([
  ['parameterOutOfRange', '', 'idempotency-key must have 1 to 128 characters, has 0'],
  ['parameterOutOfRange', 'k'.repeat(129), 'idempotency-key must have 1 to 128 characters, has 129'],
  ['malformedRequest', 'a b', 'idempotency-key must be visible ASCII characters, without spaces'],
  ['malformedRequest', 'ä', 'idempotency-key must be visible ASCII characters, without spaces'],
] as const)('refuses with %s the idempotency key %j', async (kind, key, text) => {
  expect(await send([{ body: 'a' }], { 'idempotency-key': key })).toMatchObject(refusal(kind, text));
});
