import type { MessageFilter } from '../../core/message-filter.ts';
import type { ReplayBatch, ReplayJob, ReplayPace, ShardLeft } from '../../core/ports/job-table.ts';
import { ifThere, instant, number, optional, removableAt, text, ttlOf } from './attributes.ts';
import type { Item } from './item-table.ts';
import { parseReplayKey, replayKey } from './keys.ts';

/**
 * A replay as an item. It is written with every batch, so what changes is short: a shard takes about 30 bytes.
 *
 *   q   queue                     b   started at, ms                      n   copied
 *   st  state                     h   updated at, ms                      r   reached, ms (optional)
 *   x   failure (optional)        by  requested by (optional)             pf  paced from, as JSON (optional)
 *   tq  target                    e   total                               nb  not before, ms
 *   ti  target's incarnation      l   left, as JSON: {shard: [next,       ba  batch, as JSON (optional)
 *   f   from, ms                      until]}                             u   runner until, ms
 *   to  to, ms                    fi  filter, as JSON (optional)          w   write id
 *   p   pace, as JSON (optional)                                          ttl removable at, s
 */
export function replayToItem(job: ReplayJob): Item {
  return {
    ...replayKey(job),
    q: job.queue,
    st: job.state,
    x: job.failure,
    tq: job.target,
    ti: job.targetIncarnation,
    f: job.fromMs,
    to: job.toMs,
    fi: job.filter && JSON.stringify(job.filter),
    p: job.pace && JSON.stringify(job.pace),
    by: job.requestedBy,
    b: job.startedAtMs,
    h: job.updatedAtMs,
    e: job.total,
    l: leftToText(job.left),
    n: job.copied,
    r: job.reachedAtMs,
    pf: job.pacedFrom && JSON.stringify(job.pacedFrom),
    nb: job.notBeforeMs,
    ba: job.batch && JSON.stringify(job.batch),
    u: job.runnerUntilMs,
    w: job.writeId,
    ttl: ttlOf(job.removableAtMs),
  };
}

export function replayFromItem(item: Item): ReplayJob {
  return {
    ...parseReplayKey(item),
    queue: text(item, 'q'),
    state: oneOf(states, text(item, 'st')),
    ...ifThere('failure', optional(item, 'x', (of, name) => oneOf(failures, text(of, name)))),
    target: text(item, 'tq'),
    targetIncarnation: text(item, 'ti'),
    fromMs: instant(item, 'f'),
    toMs: instant(item, 'to'),
    ...ifThere('filter', optional(item, 'fi', json) as MessageFilter | undefined),
    ...ifThere('pace', optional(item, 'p', json) as ReplayPace | undefined),
    ...ifThere('requestedBy', optional(item, 'by', text)),
    startedAtMs: instant(item, 'b'),
    updatedAtMs: instant(item, 'h'),
    total: number(item, 'e'),
    left: leftFrom(item),
    copied: number(item, 'n'),
    ...ifThere('reachedAtMs', optional(item, 'r', instant)),
    ...ifThere('pacedFrom', optional(item, 'pf', json) as ReplayJob['pacedFrom']),
    notBeforeMs: instant(item, 'nb'),
    ...ifThere('batch', optional(item, 'ba', json) as ReplayBatch | undefined),
    runnerUntilMs: instant(item, 'u'),
    writeId: text(item, 'w'),
    removableAtMs: removableAt(item),
  };
}

const states: readonly ReplayJob['state'][] = ['running', 'completed', 'cancelled', 'failed'];
const failures: readonly NonNullable<ReplayJob['failure']>[] = ['queueDeleted', 'targetDeleted'];

function oneOf<Word extends string>(words: readonly Word[], stored: string): Word {
  const word = words.find((candidate) => candidate === stored);
  if (!word) throw new Error(`a replay with an unknown word: ${stored}`);
  return word;
}

const leftToText = (left: ReplayJob['left']): string =>
  JSON.stringify(Object.fromEntries(Object.entries(left).map(([shard, { next, until }]) => [shard, [next, until]])));

function leftFrom(item: Item): Readonly<Record<string, ShardLeft>> {
  const stored = json(item, 'l') as Record<string, readonly [number, number]>;
  return Object.fromEntries(Object.entries(stored).map(([shard, [next, until]]) => [shard, { next, until }]));
}

/** What our own codec wrote. */
const json = (item: Item, name: string): unknown => JSON.parse(text(item, name));
