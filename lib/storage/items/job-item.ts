import type { AppendIntent, RedriveJob } from '../../core/ports/job-table.ts';
import { ifThere, instant, list, number, optional, removableAt, text, ttlOf } from './attributes.ts';
import type { Item } from './item-table.ts';
import { intentKey, parseIntentKey, parseRedriveKey, redriveKey } from './keys.ts';

/**
 * A redrive as an item.
 *
 *   q   queue                            b   started at, ms       m   moved
 *   st  state                            h   updated at, ms       k   skipped
 *   to  where to (optional)              u   runner until, ms     w   write id
 *   i   message ids (optional)           ttl removable at, s
 */
export function redriveToItem(job: RedriveJob): Item {
  return {
    ...redriveKey(job),
    q: job.queue,
    st: job.state,
    to: job.to,
    i: job.messageIds,
    b: job.startedAtMs,
    h: job.updatedAtMs,
    m: job.moved,
    k: job.skipped,
    u: job.runnerUntilMs,
    w: job.writeId,
    ttl: ttlOf(job.removableAtMs),
  };
}

export function redriveFromItem(item: Item): RedriveJob {
  return {
    ...parseRedriveKey(item),
    queue: text(item, 'q'),
    state: redriveState(text(item, 'st')),
    ...ifThere('to', optional(item, 'to', text)),
    ...ifThere('messageIds', optional(item, 'i', list)?.map(String)),
    startedAtMs: instant(item, 'b'),
    updatedAtMs: instant(item, 'h'),
    moved: number(item, 'm'),
    skipped: number(item, 'k'),
    runnerUntilMs: instant(item, 'u'),
    writeId: text(item, 'w'),
    removableAtMs: removableAt(item),
  };
}

function redriveState(stored: string): RedriveJob['state'] {
  if (stored === 'running' || stored === 'completed' || stored === 'cancelled') return stored;
  throw new Error(`a redrive in an unknown state: ${stored}`);
}

/** An append intent: `h` request digest, `a` append id, `s` shard, `o` base, `w` write id, `ttl`. */
export function intentToItem(intent: AppendIntent): Item {
  return {
    ...intentKey(intent),
    h: intent.requestDigest,
    a: intent.appendId,
    s: intent.shard,
    o: intent.base,
    w: intent.writeId,
    ttl: ttlOf(intent.removableAtMs),
  };
}

export function intentFromItem(item: Item): AppendIntent {
  return {
    ...parseIntentKey(item),
    requestDigest: text(item, 'h'),
    appendId: text(item, 'a'),
    shard: text(item, 's'),
    base: number(item, 'o'),
    writeId: text(item, 'w'),
    removableAtMs: removableAt(item),
  };
}
