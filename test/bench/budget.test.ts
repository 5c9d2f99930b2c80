import { describe, expect, it } from 'vitest';
import { budgets, excesses, pathNames } from '../../bench/cost/budget.ts';

const onBudget = { writeUnits: 1, readUnits: 1.5, roundTrips: 2, s3Puts: 0, s3Gets: 0, usdPerMillionMessages: 9 };

describe('budget', () => {
  it('accepts a figure that is exactly what is allowed', () => {
    expect(excesses('receive16', onBudget)).toEqual([]);
  });

  it('names the path and the unit that is over, with both numbers', () => {
    expect(excesses('receive16', { ...onBudget, readUnits: 2 }))
      .toEqual([{ path: 'receive16', unit: 'readUnits', measured: 2, allowed: 1.5 }]);
    expect(excesses('receive16', { ...onBudget, roundTrips: 3 })).toHaveLength(1);
  });

  it('does not allow what it does not mention', () => {
    expect(excesses('receive16', { ...onBudget, s3Gets: 1 })).toEqual([{ path: 'receive16', unit: 's3Gets', measured: 1, allowed: 0 }]);
  });

  it('judges dollars where a budget names them', () => {
    const archived = { writeUnits: 0, readUnits: 0, roundTrips: 99, s3Puts: 0, s3Gets: 0, usdPerMillionMessages: 0.05 };
    expect(excesses('archive', archived)).toEqual([]);
    expect(excesses('archive', { ...archived, usdPerMillionMessages: 0.06 }))
      .toEqual([{ path: 'archive', unit: 'usdPerMillionMessages', measured: 0.06, allowed: 0.05 }]);
  });

  it('leaves a life a twentieth for sweeps and cursors, and no more', () => {
    const life = { writeUnits: 3.15, readUnits: 1.05, roundTrips: 99, s3Puts: 0, s3Gets: 0, usdPerMillionMessages: 9 };

    expect(excesses('life1', life)).toEqual([]);
    expect(excesses('life1', { ...life, writeUnits: 3.16 })).toHaveLength(1);
  });

  it('has the rows that the project promises', () => {
    expect(pathNames).toEqual(expect.arrayContaining([
      'send1', 'send16', 'send1000', 'receive16', 'receiveEmpty', 'delete16', 'life1', 'life16', 'life1000',
      'publish16To0', 'publish16To1', 'publish16To1000', 'idleTopic', 'receiveFiltered1', 'push1', 'push1000',
    ]));
    expect(Object.keys(budgets)).toEqual(pathNames);
  });
});
