import type { AccessKeyRecord } from '../../core/ports/access-key-table.ts';
import { bytes, ifThere, instant, list, optional, removableAt, text, ttlOf } from './attributes.ts';
import type { Item } from './item-table.ts';
import { accessKeyKey, parseAccessKeyKey } from './keys.ts';

/**
 * An access key as an item. With a TTL once it is known when it ends.
 *
 *   d   description      n   names           o    operations
 *   s   sealed secret    c   created at, ms  by   created by
 *   e   expires at, ms   x   revoked at, ms  w    write id
 */
export function accessKeyToItem(record: AccessKeyRecord): Item {
  return {
    ...accessKeyKey(record),
    d: record.description,
    n: record.scope.names,
    o: record.scope.operations,
    s: record.sealedSecret,
    c: record.createdAtMs,
    by: record.createdBy,
    e: record.expiresAtMs,
    x: record.revokedAtMs,
    w: record.writeId,
    ttl: record.removableAtMs === undefined ? undefined : ttlOf(record.removableAtMs),
  };
}

export function accessKeyFromItem(item: Item): AccessKeyRecord {
  return {
    ...parseAccessKeyKey(item),
    description: text(item, 'd'),
    scope: { names: texts(item, 'n'), operations: texts(item, 'o') },
    sealedSecret: bytes(item, 's'),
    createdAtMs: instant(item, 'c'),
    ...ifThere('createdBy', optional(item, 'by', text)),
    ...ifThere('expiresAtMs', optional(item, 'e', instant)),
    ...ifThere('revokedAtMs', optional(item, 'x', instant)),
    writeId: text(item, 'w'),
    ...ifThere('removableAtMs', optional(item, 'ttl', removableAt)),
  };
}

const texts = (item: Item, name: string): readonly string[] => list(item, name).map(String);
