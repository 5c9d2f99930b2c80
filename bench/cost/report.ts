import { prices, pricesAsOf, pricesIncluded } from '../prices.ts';
import { type Budget, budgets, type Excess, excesses, type PathName, pathNames } from './budget.ts';
import type { EngineName } from './engine-world.ts';
import type { Load } from './load.ts';
import type { CostFigures } from './measure.ts';
import type { PollerAtRest } from './poller.ts';

export interface CostReport extends CostFigures {
  readonly pollerAtRest: PollerAtRest;
  readonly engine: EngineName;
  readonly load: Load;
  readonly prices: { readonly asOf: string; readonly included: string; readonly usd: typeof prices };
  /** Where a budget is missed; empty is good. */
  readonly excesses: readonly Excess[];
}

export interface Measured {
  readonly figures: CostFigures;
  readonly pollerAtRest: PollerAtRest;
  readonly engine: EngineName;
  readonly load: Load;
}

export const costReport = ({ figures, pollerAtRest, engine, load }: Measured): CostReport => ({
  ...figures, pollerAtRest, engine, load,
  prices: { asOf: pricesAsOf, included: pricesIncluded, usd: prices },
  excesses: pathNames.flatMap((path) => excesses(path, figures[path])),
});

const columns = ['writeUnits', 'readUnits', 'roundTrips', 's3Puts', 's3Gets'] as const;
type Column = (typeof columns)[number];

/** For people: measured and, in brackets, allowed. */
export function costTable(report: CostReport): string {
  const rows = pathNames.map((path) => [
    path,
    ...columns.map((column) => cell(path, column, report)),
    report[path].usdPerMillionMessages.toPrecision(3),
    verdict(path, report),
  ]);
  const head = ['path', 'write units', 'read units', 'round trips', 'S3 puts', 'S3 gets', 'USD per million', 'verdict'];
  const { readUnitsPerHour, usdPerMonth } = report.pollerAtRest;
  return [
    table([head, ...rows]),
    `One poller at rest: ${readUnitsPerHour} read units an hour; a month ${usdPerMonth.table} USD for the table, `
      + `${usdPerMonth.requests} USD for requests, ${usdPerMonth.lambdaPerGigabyte} USD per GB of Lambda memory.`,
    `Prices of ${pricesAsOf}: ${pricesIncluded}.`,
  ].join('\n\n');
}

function cell(path: PathName, column: Column, report: CostReport): string {
  const budget: Budget = budgets[path];
  const allowed = budget[column] ?? (column === 'roundTrips' ? undefined : 0);
  return allowed === undefined ? `${report[path][column]}` : `${report[path][column]} (${allowed})`;
}

function verdict(path: PathName, { excesses: found }: CostReport): string {
  const units = found.filter((excess) => excess.path === path).map(({ unit }) => unit);
  return units.length === 0 ? 'met' : `MISSED: ${units.join(', ')}`;
}

export interface Ratio {
  readonly path: PathName;
  readonly unit: Column;
  readonly unloaded: number;
  readonly loaded: number;
  readonly ratio: number;
}

/** A load may not show: the same figures to within this part. */
const RATIO_TOLERANCE = 0.05 + 1e-9;

export const ratios = (unloaded: CostFigures, loaded: CostFigures): readonly Ratio[] => pathNames.flatMap((path) =>
  columns.map((unit) => ratioOf({ path, unit, unloaded: unloaded[path][unit], loaded: loaded[path][unit] })));

const ratioOf = (pair: Omit<Ratio, 'ratio'>): Ratio =>
  ({ ...pair, ratio: pair.loaded === pair.unloaded ? 1 : Number((pair.loaded / pair.unloaded).toPrecision(4)) });

/** A load that makes a path cheaper is no fault, but it is a difference, and shown as one. */
export const differing = (all: readonly Ratio[]): readonly Ratio[] => all.filter(({ ratio }) => Math.abs(ratio - 1) > RATIO_TOLERANCE);

export function ratioTable(all: readonly Ratio[]): string {
  const rows = pathNames.map((path) => ratioRow(path, all.filter((ratio) => ratio.path === path)));
  const far = differing(all).map(({ path, unit }) => `${path}.${unit}`);
  return [
    table([['path', ...columns], ...rows]),
    far.length === 0 ? 'All within 5 %.' : `Not within 5 %: ${far.join(', ')}`,
  ].join('\n\n');
}

function ratioRow(path: PathName, own: readonly Ratio[]): readonly string[] {
  const cells = columns.map((unit) => {
    const found = own.find((ratio) => ratio.unit === unit);
    return found ? `${found.ratio} (${found.unloaded} → ${found.loaded})` : '';
  });
  return [path, ...cells];
}

function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((text, column) => { widths[column] = Math.max(widths[column] ?? 0, text.length); });
  const line = (row: readonly string[]): string => `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...rest] = rows;
  return [head, widths.map((width) => '-'.repeat(width)), ...rest].map(line).join('\n');
}
