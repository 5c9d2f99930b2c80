import { beforeEach, expect, it, vi } from 'vitest';
import { CallerError } from '../../../lib/core/errors.ts';
import { listRedrives, readRedrive, startRedrive } from '../../../lib/core/queue/redrive.ts';
import { newCaller, refusal } from '../caller.ts';
import { redrive, redriveOnTheWire } from '../samples.ts';

vi.mock(import('../../../lib/core/queue/redrive.ts'));

const { call } = newCaller();
const start = (body?: unknown) => call('POST', '/v1/queues/dead/redrives', body);

beforeEach(() => {
  vi.mocked(startRedrive).mockReset().mockResolvedValue(redrive);
});

it.each([[undefined, {}], [{}, {}], [{ to: 'work' }, { to: 'work' }], [{ messageIds: ['s1-0'] }, { messageIds: ['s1-0'] }]])(
  'starts one of %j', async (body, request) => {
    expect(await start(body)).toMatchObject({ status: 202, body: redriveOnTheWire });
    expect(startRedrive).toHaveBeenCalledWith(expect.anything(), { name: 'dead', ...request });
  },
);

it.each([
  ['malformedRequest', { to: 'a b' }, 'to must be a letter, then letters, digits, "-" or "_"'],
  ['parameterOutOfRange', { to: '' }, 'to must have 1 to 80 characters, has 0'],
  ['parameterOutOfRange', { messageIds: [] }, 'messageIds must have 1 to 1000 entries, has 0'],
  ['malformedRequest', { messageIds: [1] }, 'messageIds[0] must be a string, got a number'],
  ['malformedRequest', { ids: [] }, 'the body has no field ids'],
] as const)('refuses with %s %j', async (kind, body, text) => {
  expect(await start(body)).toMatchObject(refusal(kind, text));
  expect(startRedrive).not.toHaveBeenCalled();
});

it('says how far one is', async () => {
  vi.mocked(readRedrive).mockResolvedValue({ ...redrive, to: 'work', state: 'completed' });
  expect((await call('GET', '/v1/queues/dead/redrives/r1')).body).toEqual({ ...redriveOnTheWire, to: 'work', state: 'completed' });
  expect(readRedrive).toHaveBeenCalledWith(expect.anything(), { name: 'dead', redriveId: 'r1' });
});

it('answers redriveNotFound', async () => {
  vi.mocked(readRedrive).mockRejectedValue(new CallerError('redriveNotFound', 'why'));
  expect(await call('GET', '/v1/queues/dead/redrives/r2')).toMatchObject(refusal('redriveNotFound', 'why'));
});

it('lists those of a queue', async () => {
  vi.mocked(listRedrives).mockResolvedValue([redrive, redrive]);
  expect((await call('GET', '/v1/queues/dead/redrives')).body).toEqual({ redrives: [redriveOnTheWire, redriveOnTheWire] });
});
