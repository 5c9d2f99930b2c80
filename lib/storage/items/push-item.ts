import type { PushRecord } from '../../core/ports/job-table.ts';
import { instant, number, text } from './attributes.ts';
import type { Item } from './item-table.ts';
import { parsePushKey, pushKey } from './keys.ts';

/**
 * A push as an item. No TTL: it is removed when nothing is left to do, and looked after until then.
 *
 *   r   runner             d   due at, ms          h   held until, ms        w   write id
 *   u   runner until, ms   nb  not before, ms      ct  confirmation tries
 */
export function pushToItem(record: PushRecord): Item {
  return {
    ...pushKey(record),
    r: record.runnerId,
    u: record.runnerUntilMs,
    d: record.dueAtMs,
    nb: record.notBeforeMs,
    h: record.heldUntilMs,
    ct: record.confirmationTries,
    w: record.writeId,
  };
}

export function pushFromItem(item: Item): PushRecord {
  return {
    ...parsePushKey(item),
    runnerId: text(item, 'r'),
    runnerUntilMs: instant(item, 'u'),
    dueAtMs: instant(item, 'd'),
    notBeforeMs: instant(item, 'nb'),
    heldUntilMs: instant(item, 'h'),
    confirmationTries: number(item, 'ct'),
    writeId: text(item, 'w'),
  };
}
