import type { Alarm } from '../../core/ports/lease-table.ts';
import { instant, number, optional, removableAt, text, ttlOf } from './attributes.ts';
import type { Item } from './item-table.ts';
import { alarmKey, parseAlarmKey } from './keys.ts';

/**
 * An alarm as an item.
 *
 *   c   delayed messages it stands for (absent: none)      w   write id
 *   s   set at, ms                                         ttl removable at, s
 */
export function alarmToItem(alarm: Alarm): Item {
  return {
    ...alarmKey(alarm),
    c: alarm.delayedCount || undefined,
    s: alarm.setAtMs,
    w: alarm.writeId,
    ttl: ttlOf(alarm.removableAtMs),
  };
}

export function alarmFromItem(item: Item): Alarm {
  return {
    ...parseAlarmKey(item),
    delayedCount: optional(item, 'c', number) ?? 0,
    setAtMs: instant(item, 's'),
    writeId: text(item, 'w'),
    removableAtMs: removableAt(item),
  };
}
