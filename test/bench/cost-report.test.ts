import { describe, expect, it } from 'vitest';
import { budgets, pathNames } from '../../bench/cost/budget.ts';
import type { CostFigures } from '../../bench/cost/measure.ts';
import { costOptions } from '../../bench/cost/options.ts';
import { costReport, costTable, differing, ratios, ratioTable } from '../../bench/cost/report.ts';

const figure = { writeUnits: 0, readUnits: 0, roundTrips: 1, s3Puts: 0, s3Gets: 0, usdPerMillionMessages: 0, requests: {} };
const figuresWith = (changes: Partial<CostFigures>): CostFigures =>
  ({ ...Object.fromEntries(pathNames.map((path) => [path, figure])) as CostFigures, ...changes });
const pollerAtRest = { readUnitsPerHour: 1, writeUnitsPerHour: 0, usdPerMonth: { table: 1, requests: 1, lambdaPerGigabyte: 1 } };
const reportOf = (figures: CostFigures) =>
  costReport({ figures, pollerAtRest, engine: 'memory', load: { backlog: 0, inFlight: 0, delayed: 0 } });

describe('cost report', () => {
  it('has the fields of every path at its top, and the prices with their date', () => {
    const report = reportOf(figuresWith({}));

    for (const path of pathNames) expect(report[path]).toEqual(figure);
    expect(report.excesses).toEqual([]);
    expect(report.prices).toMatchObject({ asOf: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as unknown, usd: { writeUnit: 0.625e-6 } });
  });

  it('gives every path a line with its budget and a verdict', () => {
    const table = costTable(reportOf(figuresWith({ send16: { ...figure, writeUnits: 7 } })));

    expect(table).toMatch(/\| send16 +\| 7 \(6\) .*MISSED: writeUnits/);
    expect(table).toMatch(/\| send1 +\| 0 \(1\) .* met/);
    expect(table.split('\n').filter((line) => Object.keys(budgets).some((path) => line.startsWith(`| ${path} `)))).toHaveLength(pathNames.length);
  });

  it('finds what a load changes by more than a twentieth, also from nothing', () => {
    const before = figuresWith({ send1: { ...figure, writeUnits: 100 } });
    const same = ratios(before, figuresWith({ send1: { ...figure, writeUnits: 105 } }));
    const other = ratios(before, figuresWith({ send1: { ...figure, writeUnits: 106, readUnits: 0.5 } }));

    expect(differing(same)).toEqual([]);
    expect(ratioTable(same)).toContain('All within 5 %.');
    expect(differing(other).map(({ path, unit }) => `${path}.${unit}`)).toEqual(['send1.writeUnits', 'send1.readUnits']);
    expect(ratioTable(other)).toContain('Not within 5 %: send1.writeUnits, send1.readUnits');
  });
});

describe('cost options', () => {
  it('read the load, and refuse what makes no sense', () => {
    expect(costOptions(['--json', '--backlog', '1000000', '--in-flight', '5', '--delayed', '7']))
      .toEqual({ json: true, check: false, compare: false, engine: 'dynoxide', load: { backlog: 1_000_000, inFlight: 5, delayed: 7 } });
    expect(() => costOptions(['--backlog', 'many'])).toThrow('--backlog must be a whole number');
    expect(() => costOptions(['--engine', 'other'])).toThrow('--engine may be dynoxide or memory');
    expect(() => costOptions(['--compare'])).toThrow('--compare needs a load');
  });
});
