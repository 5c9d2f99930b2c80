import type { MessageFilter } from '../../core/message-filter.ts';
import type { RewindRecord } from '../../core/ports/job-table.ts';
import { ifThere, instant, number, optional, removableAt, text, ttlOf } from './attributes.ts';
import type { Item } from './item-table.ts';
import { parseRewindKey, rewindKey } from './keys.ts';
import { chainsFrom, chainsToText } from './queue-item.ts';

/**
 * A rewind as an item.
 *
 *   k   kind                  f   from, ms                  b   chains before, as JSON
 *   t   requested at, ms      to  to, ms                    d   1: known to have taken place
 *   e   effective at, ms      fi  filter, as JSON           ttl removable at, s
 *   by  requested by          u   the rewind it undoes
 */
export function rewindToItem(record: RewindRecord): Item {
  return {
    ...rewindKey(record),
    k: record.kind,
    t: record.requestedAtMs,
    e: record.effectiveAtMs,
    by: record.requestedBy,
    f: record.fromMs,
    to: record.toMs,
    fi: record.filter && JSON.stringify(record.filter),
    u: record.undoes,
    b: chainsToText(record.before),
    d: record.isDone ? 1 : undefined,
    ttl: ttlOf(record.removableAtMs),
  };
}

export function rewindFromItem(item: Item): RewindRecord {
  const filter = optional(item, 'fi', text);
  return {
    ...parseRewindKey(item),
    kind: kindOf(text(item, 'k')),
    requestedAtMs: instant(item, 't'),
    effectiveAtMs: instant(item, 'e'),
    ...ifThere('requestedBy', optional(item, 'by', text)),
    ...ifThere('fromMs', optional(item, 'f', instant)),
    ...ifThere('toMs', optional(item, 'to', instant)),
    ...ifThere('filter', filter === undefined ? undefined : JSON.parse(filter) as MessageFilter),
    ...ifThere('undoes', optional(item, 'u', text)),
    before: chainsFrom(item, 'b'),
    isDone: optional(item, 'd', number) === 1,
    removableAtMs: removableAt(item),
  };
}

function kindOf(code: string): RewindRecord['kind'] {
  const kinds: readonly RewindRecord['kind'][] = ['rewind', 'selection', 'purge', 'undo'];
  const kind = kinds.find((candidate) => candidate === code);
  if (!kind) throw new Error(`a rewind of an unknown kind: ${code}`);
  return kind;
}
