import { beforeEach, expect, it, vi } from 'vitest';
import { listQueues } from '../../../lib/core/queue/list-queues.ts';
import { newCaller, refusal } from '../caller.ts';
import { queue, queueOnTheWire } from '../samples.ts';

vi.mock(import('../../../lib/core/queue/list-queues.ts'));

const { call } = newCaller();
const list = (query = '') => call('GET', `/v1/queues${query}`);

beforeEach(() => {
  vi.mocked(listQueues).mockReset().mockResolvedValue({ queues: [queue()] });
});

it('lists a hundred queues of any name when nothing is said', async () => {
  expect(await list()).toMatchObject({ status: 200 });
  expect((await list()).body).toEqual({ queues: [queueOnTheWire] });
  expect(listQueues).toHaveBeenCalledWith(expect.anything(), { prefix: '', limit: 100 });
});

it('goes on behind a cursor', async () => {
  vi.mocked(listQueues).mockResolvedValue({ queues: [], cursor: 'next page' });
  expect((await list('?prefix=wo&limit=1000&cursor=a%2Bb+c')).body).toEqual({ queues: [], cursor: 'next page' });
  expect(listQueues).toHaveBeenCalledWith(expect.anything(), { prefix: 'wo', limit: 1000, cursor: 'a+b c' });
});

it.each(['0', '1001', 'ten', '', '-1', '1e2', '1.5'])('refuses limit=%s', async (value) => {
  expect(await list(`?limit=${value}`)).toMatchObject(refusal(
    'parameterOutOfRange', `limit must be a whole number from 1 to 1000 names, got ${value}`, { field: 'limit', min: 1, max: 1000, value },
  ));
});

it.each([
  ['?limits=1', 'the query has no field limits'],
  ['?limit=1&limit=1', 'the query parameter limit is given twice'],
  ['?prefix=%zz', 'broken percent-encoding: %zz'],
  ['?__proto__=1', 'the query has no field __proto__'],
])('refuses %s: %s', async (query, text) => {
  expect(await list(query)).toMatchObject(refusal('malformedRequest', text));
});
