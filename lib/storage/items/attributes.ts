import { type EpochMs, epochMs } from '../../core/time.ts';
import type { Item, Value } from './item-table.ts';

/**
 * Typed reading of what our own codecs wrote. An attribute of another kind means that the item is
 * not ours or damaged: an error, never a guess.
 */
export function text(item: Item, name: string): string {
  return typeof item[name] === 'string' ? item[name] : wrong(item, name);
}

export function number(item: Item, name: string): number {
  return typeof item[name] === 'number' ? item[name] : wrong(item, name);
}

export const instant = (item: Item, name: string): EpochMs => epochMs(number(item, name));

export function bytes(item: Item, name: string): Uint8Array {
  return item[name] instanceof Uint8Array ? item[name] : wrong(item, name);
}

/** An absent set is the empty one: tables do not keep empty sets. Ascending. */
export function numbers(item: Item, name: string): readonly number[] {
  const value = item[name];
  if (value === undefined) return [];
  return value instanceof Set ? [...value].toSorted((a, b) => a - b) : wrong(item, name);
}

/** Our lists hold texts and numbers. */
export type Scalar = string | number;

export function list(item: Item, name: string): readonly Scalar[] {
  const value = item[name];
  return Array.isArray(value) && value.every(isScalar) ? value : wrong(item, name);
}

const isScalar = (value: Value): value is Scalar => typeof value === 'string' || typeof value === 'number';

/** Reads with `read` what may be absent. */
export function optional<T>(item: Item, name: string, read: (item: Item, name: string) => T): T | undefined {
  return item[name] === undefined ? undefined : read(item, name);
}

/** An entry for an object whose optional property is left out when undefined. */
export const ifThere = <Name extends string, T>(name: Name, value: T | undefined): { readonly [K in Name]?: T } =>
  (value === undefined ? {} : { [name]: value }) as { readonly [K in Name]?: T };

/** A set for an item; an empty one is no attribute. */
export const setOf = (values: readonly number[]): ReadonlySet<number> | undefined =>
  (values.length === 0 ? undefined : new Set(values));

/** DynamoDB's TTL counts seconds; rounded up, since an item may never vanish too early. */
export const ttlOf = (removableAtMs: EpochMs): number => Math.ceil(removableAtMs / 1000);

export const removableAt = (item: Item): EpochMs => epochMs(number(item, 'ttl') * 1000);

function wrong(item: Item, name: string): never {
  throw new Error(`attribute ${name} of item ${item.pk} ${item.sk} is ${item[name] === undefined ? 'missing' : 'of another kind'}`);
}
