import type { AgeWatch } from '../../core/ports/job-table.ts';
import { instant, text } from './attributes.ts';
import type { Item } from './item-table.ts';
import { ageWatchKey, parseAgeWatchKey } from './keys.ts';

/**
 * An age watch as an item. No TTL: it is removed when its queue has no such policy any more, and looked after until then.
 *
 *   n   noted at, ms       u   runner until, ms     d   due at, ms       w   write id
 */
export const ageWatchToItem = (watch: AgeWatch): Item =>
  ({ ...ageWatchKey(watch), n: watch.notedAtMs, u: watch.runnerUntilMs, d: watch.dueAtMs, w: watch.writeId });

export const ageWatchFromItem = (item: Item): AgeWatch => ({
  ...parseAgeWatchKey(item), notedAtMs: instant(item, 'n'), runnerUntilMs: instant(item, 'u'), dueAtMs: instant(item, 'd'), writeId: text(item, 'w'),
});
