import { expect, it } from 'vitest';
import { wakesInTurn } from '../../local/wakes-in-turn.ts';
import { deferred } from './support/deferred.ts';

it('wakes once more for all that comes while a wake is under way, and each topic by itself', async () => {
  const woken: string[] = [];
  const first = deferred();
  const tell = wakesInTurn(async (topic) => {
    woken.push(topic);
    if (woken.length === 1) await first.promise;
  }, () => {});
  for (const topic of ['a', 'a', 'a', 'b']) tell(topic);
  expect(woken).toEqual(['a', 'b']);
  first.resolve();
  await new Promise(setImmediate);
  expect(woken).toEqual(['a', 'b', 'a']);
  tell('a');
  expect(woken).toEqual(['a', 'b', 'a', 'a']);
});

it('reports a wake that failed, and goes on', async () => {
  const faults: unknown[] = [];
  const tell = wakesInTurn(async () => { throw new Error('the store is away'); }, (fault) => { faults.push(fault); });
  tell('a');
  await new Promise(setImmediate);
  tell('a');
  await new Promise(setImmediate);
  expect(faults).toHaveLength(2);
});
