import type { Condition, Item, ItemChange, ItemKey, ItemRange, ItemTable, Write } from '../../lib/storage/items/item-table.ts';
import { memoryItemTable } from '../../lib/storage/memory/item-table.ts';
import type { TableMeter } from '../../lib/storage/items/meters.ts';
import type { Dice } from './dice.ts';
import type { FaultRates } from './faults.ts';
import type { Scheduler } from './scheduler.ts';

/** A change of one item that eventual reads may not show yet. */
interface Change {
  readonly sk: string;
  readonly atMs: number;
  readonly before: Item | undefined;
}

/** Told of every change of the table, at the instant it takes effect. */
export type Observer = (key: ItemKey, after: Item | undefined, before: Item | undefined) => void;

export interface SimulatedTable {
  /** Each call takes effect at once; how long a request travels is its sender's affair. */
  at(dice: Dice): ItemTable;
  /** As it is, for whoever checks. */
  readonly truth: ItemTable;
  /** From now on nothing is stale. */
  calmDown(): void;
}

interface TableOptions {
  readonly scheduler: Scheduler;
  readonly rates: FaultRates;
  readonly dice: Dice;
  readonly observe: Observer;
  readonly count: (kind: 'staleRead' | 'tornRead' | 'expiredItem') => void;
  readonly meter?: TableMeter;
}

/**
 * One table for all instances: conditional writes are atomic, strong reads see every write, eventual
 * ones may show some items as they were up to a second ago, and TTL removes what has expired some
 * time, up to two days, after it may.
 */
export function simulatedTable({ scheduler, rates, dice, observe, count, meter }: TableOptions): SimulatedTable {
  const truth = memoryItemTable(meter ? { meter } : {});
  const changes = new Map<string, Change[]>();
  let isCalm = false;

  const recent = (pk: string): readonly Change[] => {
    const kept = (changes.get(pk) ?? []).filter(({ atMs }) => atMs > scheduler.nowMs - rates.staleMsMax);
    changes.set(pk, kept);
    return kept;
  };

  const noted = async (key: ItemKey, write: () => Promise<Write>): Promise<Write> => {
    const before = await truth.get(key, { consistent: true });
    const result = await write();
    if (result.kind === 'refused') return result;
    const after = await truth.get(key, { consistent: true });
    recent(key.pk);
    changes.get(key.pk)?.push({ sk: key.sk, atMs: scheduler.nowMs, before });
    observe(key, after, before);
    if (after) expireLater(after);
    return result;
  };

  const expireLater = (item: Item): void => {
    const { ttl } = item;
    if (typeof ttl !== 'number') return;
    const lateMs = dice.fork(`${item.pk} ${item.sk} ${ttl}`).next() * rates.expiryLatenessMsMax;
    scheduler.at(ttl * 1000 + lateMs, () => {
      void noted(item, () => truth.remove(item, { kind: 'equals', attribute: 'ttl', value: ttl }));
      count('expiredItem');
    });
  };

  const asBefore = (readDice: Dice, pk: string): ReadonlyMap<string, Item | undefined> => {
    const shown = new Map<string, Item | undefined>();
    const isStale = !isCalm && readDice.chance(rates.staleReads);
    if (!isStale) return shown;
    const lags = new Map<string, number>();
    for (const { sk, atMs, before } of recent(pk)) {
      const lagMs = lags.get(sk) ?? readDice.next() * rates.staleMsMax;
      lags.set(sk, lagMs);
      if (!shown.has(sk) && atMs > scheduler.nowMs - lagMs) shown.set(sk, before);
    }
    if (shown.size > 0) count('staleRead');
    if (shown.size > 0 && shown.size < lags.size) count('tornRead');
    return shown;
  };

  return {
    truth,
    calmDown() { isCalm = true; },
    at: (readDice) => ({
      put: (item: Item, condition?: Condition) => noted(item, () => truth.put(item, condition)),
      update: (key: ItemKey, change: ItemChange) => noted(key, () => truth.update(key, change)),
      remove: (key: ItemKey, condition?: Condition) => noted(key, () => truth.remove(key, condition)),
      async get(key, options) {
        const shown = options.consistent ? new Map<string, Item>() : asBefore(readDice, key.pk);
        const item = await truth.get(key, options);
        return shown.has(key.sk) ? shown.get(key.sk) : item;
      },
      async query(range) {
        if (range.consistent) return truth.query(range);
        const shown = asBefore(readDice, range.pk);
        const items = await truth.query({ ...range, limit: range.limit + shown.size });
        return shown.size === 0 ? items : withThePast(items, shown, range);
      },
    }),
  };
}

/** Items as they are, but for those that are shown as they were. */
function withThePast(items: readonly Item[], shown: ReadonlyMap<string, Item | undefined>, range: ItemRange): readonly Item[] {
  const isBehind = (sk: string): boolean => range.after === undefined || (range.descending ? sk < range.after : sk > range.after);
  const past = [...shown.values()].flatMap((item) =>
    (item && item.sk >= range.from && item.sk <= range.until && isBehind(item.sk) ? [item] : []));
  const order = range.descending ? -1 : 1;
  return [...items.filter(({ sk }) => !shown.has(sk)), ...past]
    .toSorted((a, b) => (a.sk < b.sk ? -order : order))
    .slice(0, range.limit);
}
