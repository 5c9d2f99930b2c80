import { usd } from '../prices.ts';
import type { Recording, TracedRequest } from './trace.ts';

/** What one call costs, or one message of a batch in its whole life. */
export interface Figure {
  readonly writeUnits: number;
  readonly readUnits: number;
  /** One after another, up to the answer. For a life: those of its calls together. */
  readonly roundTrips: number;
  readonly s3Puts: number;
  readonly s3Gets: number;
  /** List prices of pricesIncluded; of a million calls where a call has no message. */
  readonly usdPerMillionMessages: number;
  /** Where it goes: per kind of request, in the same measure. */
  readonly requests: Readonly<Record<string, RequestShare>>;
}

export interface RequestShare {
  readonly count: number;
  readonly writeUnits: number;
  readonly readUnits: number;
}

const MILLION = 1_000_000;

/**
 * The typical one of several calls: the median by price. What comes along only now and then (the
 * group's record once a second, the sweep, the stored cursor) is left to the figures of a whole life.
 */
export function callFigure(calls: readonly Recording<unknown>[], messages: number): Figure {
  const ascending = calls.toSorted((a, b) => priceOf(a.requests) - priceOf(b.requests) || a.roundTrips - b.roundTrips);
  const typical = ascending[(ascending.length - 1) >> 1];
  if (!typical) throw new Error('no call was recorded');
  return figure(typical.requests, typical.roundTrips, { divisor: 1, messages });
}

/** Everything that happened, divided by the messages whose lives it was. */
export function lifeFigure(calls: readonly Recording<unknown>[], { lives, batch }: { readonly lives: number; readonly batch: number }): Figure {
  const roundTrips = calls.reduce((sum, call) => sum + call.roundTrips, 0);
  return figure(calls.flatMap(({ requests }) => requests), roundTrips * batch, { divisor: lives, messages: 1 });
}

/** Everything that happened, divided evenly; for what is paid once for many. */
export function meanFigure(calls: readonly Recording<unknown>[], per: { readonly divisor: number; readonly messages: number }): Figure {
  return figure(calls.flatMap(({ requests }) => requests), calls.reduce((sum, call) => sum + call.roundTrips, 0), per);
}

/** What the first costs more than the second. */
export function beyond(figure: Figure, less: Figure): Figure {
  const difference = (name: Exclude<keyof Figure, 'requests'>): number => rounded(figure[name] - less[name]);
  return {
    writeUnits: difference('writeUnits'), readUnits: difference('readUnits'), roundTrips: difference('roundTrips'),
    s3Puts: difference('s3Puts'), s3Gets: difference('s3Gets'), usdPerMillionMessages: difference('usdPerMillionMessages'),
    requests: sharesBeyond(figure.requests, less.requests),
  };
}

const noShare: RequestShare = { count: 0, writeUnits: 0, readUnits: 0 };

function sharesBeyond(all: Figure['requests'], less: Figure['requests']): Figure['requests'] {
  const shares = Object.entries(all).map(([name, { count, writeUnits, readUnits }]): readonly [string, RequestShare] => {
    const other = less[name] ?? noShare;
    return [name, { count: count - other.count, writeUnits: writeUnits - other.writeUnits, readUnits: readUnits - other.readUnits }];
  });
  return Object.fromEntries(shares.filter(([, { count }]) => count !== 0));
}

const priceOf = (requests: readonly TracedRequest[]): number => requests.reduce((sum, request) => sum + usd(request), 0);

function figure(
  requests: readonly TracedRequest[], roundTrips: number, { divisor, messages }: { readonly divisor: number; readonly messages: number },
): Figure {
  const share = (name: 'writeUnits' | 'readUnits' | 's3Puts' | 's3Gets'): number =>
    rounded(requests.reduce((sum, request) => sum + request[name], 0) / divisor);
  return {
    writeUnits: share('writeUnits'),
    readUnits: share('readUnits'),
    roundTrips: rounded(roundTrips / divisor),
    s3Puts: share('s3Puts'),
    s3Gets: share('s3Gets'),
    usdPerMillionMessages: rounded(priceOf(requests) / divisor / Math.max(1, messages) * MILLION),
    requests: shares(requests, divisor),
  };
}

function shares(requests: readonly TracedRequest[], divisor: number): Record<string, RequestShare> {
  const found: Record<string, RequestShare> = {};
  for (const { name, writeUnits, readUnits } of requests) {
    const before = found[name] ?? { count: 0, writeUnits: 0, readUnits: 0 };
    found[name] = { count: before.count + 1, writeUnits: before.writeUnits + writeUnits, readUnits: before.readUnits + readUnits };
  }
  return Object.fromEntries(Object.entries(found).map(([name, { count, writeUnits, readUnits }]) =>
    [name, { count: rounded(count / divisor), writeUnits: rounded(writeUnits / divisor), readUnits: rounded(readUnits / divisor) }]));
}

/** To five significant digits: more would only repeat the noise of sizes. */
const rounded = (value: number): number => Number(value.toPrecision(5));
