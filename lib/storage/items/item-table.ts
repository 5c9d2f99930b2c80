/**
 * The little that the domain ports need of a table, so that they are written once: DynamoDB and the
 * maps of lib/storage/memory implement this and nothing else. One method is one request.
 */

/** What an attribute may hold. A set is a set of numbers, and never empty. */
export type Value = string | number | boolean | Uint8Array | ReadonlySet<number> | readonly Value[];

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** Attributes whose value is undefined are not there. */
export type Attributes = Readonly<Record<string, Value | undefined>>;

export type Item = ItemKey & Attributes;

/** Checked against the stored item, in the same request as the write. */
export type Condition =
  /** Nothing has this key. */
  | { readonly kind: 'itemAbsent' }
  | { readonly kind: 'equals'; readonly attribute: string; readonly value: string | number }
  | { readonly kind: 'setContains'; readonly attribute: string; readonly value: number }
  /** The number is lower, or there is none, or there is no item. */
  | { readonly kind: 'absentOrLower'; readonly attribute: string; readonly value: number };

/**
 * What became of a write. `before` is the item that refused it or, for an update that landed, the
 * item as it was; undefined when there was none, and for a put or removal that landed.
 */
export interface Write {
  readonly kind: 'landed' | 'refused';
  readonly before: Item | undefined;
}

/** A change of some attributes; makes the item when there is none and the condition lets it. */
export interface ItemChange {
  readonly set?: Attributes;
  readonly remove?: readonly string[];
  /** A set that becomes empty goes away with its attribute. */
  readonly deleteFromSets?: Readonly<Record<string, ReadonlySet<number>>>;
  readonly addToSets?: Readonly<Record<string, ReadonlySet<number>>>;
  readonly condition?: Condition;
}

/** Part of one partition, by sort key; both ends belong to it. */
export interface ItemRange {
  readonly pk: string;
  readonly from: string;
  readonly until: string;
  readonly limit: number;
  /** Highest sort key first. */
  readonly descending?: boolean;
  /** Sees every write that was acknowledged, at twice the price. */
  readonly consistent: boolean;
  /** Only what lies behind this sort key in the direction of reading. */
  readonly after?: string;
}

export interface ItemTable {
  put(item: Item, condition?: Condition): Promise<Write>;
  get(key: ItemKey, options: { readonly consistent: boolean }): Promise<Item | undefined>;
  /** At most `limit` items, and at most a page of 1 MB; empty only when the range is. */
  query(range: ItemRange): Promise<readonly Item[]>;
  update(key: ItemKey, change: ItemChange): Promise<Write>;
  remove(key: ItemKey, condition?: Condition): Promise<Write>;
}
