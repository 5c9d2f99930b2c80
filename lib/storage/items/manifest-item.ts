import type { ArchiveManifest, LeftOut } from '../../core/ports/archive-table.ts';
import { instant, number, removableAt, text, ttlOf } from './attributes.ts';
import type { Item } from './item-table.ts';
import { leftOutKey, manifestKey, parseLeftOutKey, parseManifestKey } from './keys.ts';

/**
 * An archive manifest as an item.
 *
 *   e   end                    t   first enqueued at, ms     x   history ends at, ms
 *   o   object key             u   last enqueued at, ms      ttl removable at, s
 *   p   bytes of the object    f   bytes of its footer
 */
export function manifestToItem(manifest: ArchiveManifest): Item {
  return {
    ...manifestKey(manifest),
    e: manifest.end,
    o: manifest.objectKey,
    p: manifest.objectBytes,
    f: manifest.footerBytes,
    t: manifest.firstEnqueuedAtMs,
    u: manifest.lastEnqueuedAtMs,
    x: manifest.historyEndsAtMs,
    ttl: ttlOf(manifest.removableAtMs),
  };
}

export function manifestFromItem(item: Item): ArchiveManifest {
  return {
    ...parseManifestKey(item),
    end: number(item, 'e'),
    objectKey: text(item, 'o'),
    objectBytes: number(item, 'p'),
    footerBytes: number(item, 'f'),
    firstEnqueuedAtMs: instant(item, 't'),
    lastEnqueuedAtMs: instant(item, 'u'),
    historyEndsAtMs: instant(item, 'x'),
    removableAtMs: removableAt(item),
  };
}

/** Its key says all but `ttl`, removable at, s. */
export const leftOutToItem = (leftOut: LeftOut): Item => ({ ...leftOutKey(leftOut), ttl: ttlOf(leftOut.removableAtMs) });

export const leftOutFromItem = (item: Item): LeftOut => ({ ...parseLeftOutKey(item), removableAtMs: removableAt(item) });
