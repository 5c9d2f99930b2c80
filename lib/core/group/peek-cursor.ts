import { CallerError } from '../errors.ts';
import type { Offset } from '../position.ts';
import { type EpochMs, epochMs } from '../time.ts';

/**
 * Where an unsettled message of a chain may be: in leases that the sweep has not passed yet, in leases
 * that alarms look after (of those put aside first), and in the log behind the chain.
 */
export type Source = 'leases' | 'parked' | 'alarms' | 'log';

/** Where a page ended. `dueAtMs` is of an alarm, `first` of a lease or a segment. */
export interface PeekCursor {
  readonly source: Source;
  readonly shard: string;
  readonly offset: Offset;
  readonly dueAtMs: EpochMs;
  readonly first: Offset;
  /** Absent in cursors of before there were several: the main one. */
  readonly chain?: string;
}

const sources: readonly Source[] = ['leases', 'parked', 'alarms', 'log'];

export const cursorText = ({ source, shard, offset, dueAtMs, first, chain }: PeekCursor): string =>
  [source, shard, offset, dueAtMs, first, ...(chain === undefined ? [] : [chain])].join('.');

/** @throws CallerError `malformedRequest` */
export function parseCursor(text: string): PeekCursor {
  const [, name, shard, offset, dueAtMs, first, chain] = /^([a-z]+)\.([0-9a-zA-Z]+)\.(\d{1,16})\.(\d{1,15})\.(\d{1,16})(?:\.([0-9a-zA-Z]+))?$/.exec(text) ?? [];
  const source = sources.find((known) => known === name);
  if (!source || !shard) throw new CallerError('malformedRequest', 'cursor: not one that a page before answered', { field: 'cursor' });
  return {
    source, shard, offset: Number(offset), dueAtMs: epochMs(Number(dueAtMs)), first: Number(first), ...(chain === undefined ? {} : { chain }),
  };
}
