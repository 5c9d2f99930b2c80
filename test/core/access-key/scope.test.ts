import { describe, expect, it } from 'vitest';
import { operations } from '../../../lib/core/access-key/operations.ts';
import { checkScope, everything, isInScope } from '../../../lib/core/access-key/scope.ts';

describe('names', () => {
  const isFor = (pattern: string, name: string): boolean => isInScope({ ...everything, names: [pattern] }, 'sendMessages', name);

  it.each([
    ['*', 'orders'], ['orders', 'orders'], ['orders*', 'orders'], ['orders*', 'orders-eu'], ['*-eu', 'orders-eu'], ['o*s', 'orders'], ['o*s', 'os'],
    ['*a*', 'banana'], ['a*a', 'aa'], ['b*an*a', 'banana'], ['**', 'x'], ['*a', 'aba'], ['*ab*ab', 'abxab'],
  ])('%s is %s', (pattern, name) => {
    expect(isFor(pattern, name)).toBe(true);
  });

  it.each([
    ['orders', 'Orders'], ['orders', 'orders-eu'], ['orders', 'order'], ['orders-*', 'orders'], ['*-eu', 'orders-eu-2'], ['a*a', 'a'], ['ab*ba', 'aba'],
    ['b*an*an*an', 'banana'], ['*ab*ab', 'ab'],
  ])('%s is not %s', (pattern, name) => {
    expect(isFor(pattern, name)).toBe(false);
  });

  it('of several, one is enough', () => {
    expect(isInScope({ ...everything, names: ['a', 'b*'] }, 'sendMessages', 'bb')).toBe(true);
  });

  it('are not asked for where an operation is about none', () => {
    expect(isInScope({ names: ['a'], operations: ['read'] }, 'listQueues', '')).toBe(true);
  });
});

describe('operations', () => {
  it('are meant one by one, by group, or all', () => {
    const isFor = (allowed: string): boolean => isInScope({ names: ['*'], operations: [allowed] }, 'receiveMessages', 'q');
    expect(['receiveMessages', 'consume', '*'].map(isFor)).toEqual([true, true, true]);
    expect(['deleteMessages', 'send', 'read'].map(isFor)).toEqual([false, false, false]);
  });

  it('of administrators are in no scope', () => {
    const forAdministrators = Object.entries(operations).flatMap(([name, sort]) => (sort === 'administer' ? [name] : []));
    expect(forAdministrators).toContain('createAccessKey');
    for (const name of forAdministrators) {
      expect(isInScope({ names: ['*'], operations: ['*', name] }, name as 'createAccessKey', '')).toBe(false);
      expect(() => checkScope({ names: ['*'], operations: [name] })).toThrow(/operations\[0\] must be one of \*, send, consume/);
    }
  });
});

describe('a scope that is none', () => {
  it.each([
    [{ names: [] }, /names must have 1 to 100 entries, has 0/],
    [{ names: ['a', ''] }, /names\[1\] must have 1 to 80 characters/],
    [{ names: ['a/b'] }, /names\[0\] must be letters/],
    [{ operations: [] }, /operations must have 1 to 100 entries/],
    [{ operations: ['send', 'administer'] }, /operations\[1\] must be one of/],
    [{ operations: ['toString'] }, /operations\[0\]/],
    [{ operations: ['checkHealth'] }, /operations\[0\]/],
  ])('%j is refused', (scope, text) => {
    expect(() => checkScope({ ...everything, ...scope })).toThrow(text);
  });
});
