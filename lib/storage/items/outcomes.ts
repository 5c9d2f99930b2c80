import type { Put, Replacement } from '../../core/ports/conditional.ts';
import type { Item, Write } from './item-table.ts';

/**
 * A put-if-absent, read from the item that refused it. Refused by an item with our own id: an
 * earlier attempt landed and its reply was lost.
 */
export function putOutcome<T>({ kind, before }: Write, decode: (item: Item) => T, isOurs: (found: T) => boolean): Put<T> {
  if (kind === 'landed') return { kind };
  if (!before) throw new Error('a put-if-absent was refused, but by no item');
  const found = decode(before);
  return isOurs(found) ? { kind: 'landed', found } : { kind, found };
}

/** The same for a replacement, which is also refused when there is nothing to replace. */
export function replaceOutcome<T>({ kind, before }: Write, decode: (item: Item) => T, isOurs: (found: T) => boolean): Replacement<T> {
  if (kind === 'landed') return { kind };
  const found = before && decode(before);
  return found && isOurs(found) ? { kind: 'landed' } : { kind, found };
}
