import { StoreUnavailable } from '../../../lib/core/errors.ts';
import type { ItemTable } from '../../../lib/storage/items/item-table.ts';
import type { TableMeter } from '../../../lib/storage/items/meters.ts';
import type { Scheduler } from '../scheduler.ts';

/** What one partition key bears a second: "Quotas in Amazon DynamoDB" of its developer guide. */
const UNITS_PER_SECOND = { read: 3000, write: 1000 } as const;

type Kind = keyof typeof UNITS_PER_SECOND;

/** What requests cost and what became of them, by the first letter of their partition key. */
export interface Usage {
  readonly units: Record<Kind, number>;
  /** Conditional puts that landed, were refused, and requests that were throttled. */
  readonly landed: Map<string, number>;
  readonly refused: Map<string, number>;
  readonly throttled: Map<string, number>;
}

export const newUsage = (): Usage => ({ units: { read: 0, write: 0 }, landed: new Map(), refused: new Map(), throttled: new Map() });

/** Measures each request, and refuses what a partition key cannot bear. */
export class PartitionLimits {
  usage = newUsage();
  readonly #left = new Map<string, { units: number; atMs: number }>();
  readonly #scheduler: Scheduler;
  #cost: Record<Kind, number> = { read: 0, write: 0 };

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  readonly meter: TableMeter = {
    read: (units) => { this.#cost.read = units; },
    write: (units) => { this.#cost.write = units; },
  };

  around(table: ItemTable): ItemTable {
    return {
      put: async (item, condition) => {
        const write = await this.#spend('write', item.pk, () => table.put(item, condition));
        add(write.kind === 'landed' ? this.usage.landed : this.usage.refused, item.pk);
        return write;
      },
      update: (key, change) => this.#spend('write', key.pk, () => table.update(key, change)),
      remove: (key, condition) => this.#spend('write', key.pk, () => table.remove(key, condition)),
      get: (key, options) => this.#spend('read', key.pk, () => table.get(key, options)),
      query: (range) => this.#spend('read', range.pk, () => table.query(range)),
    };
  }

  async #spend<T>(kind: Kind, pk: string, request: () => Promise<T>): Promise<T> {
    const { nowMs } = this.#scheduler;
    const max = UNITS_PER_SECOND[kind];
    const bucket = this.#left.get(`${kind} ${pk}`) ?? { units: max, atMs: nowMs };
    this.#left.set(`${kind} ${pk}`, bucket);
    bucket.units = Math.min(max, bucket.units + (nowMs - bucket.atMs) / 1000 * max);
    bucket.atMs = nowMs;
    if (bucket.units <= 0) {
      add(this.usage.throttled, pk);
      throw new StoreUnavailable('throttled', { outcome: 'refused' });
    }
    const result = await request();
    bucket.units -= this.#cost[kind];
    this.usage.units[kind] += this.#cost[kind];
    return result;
  }
}

function add(counts: Map<string, number>, pk: string): void {
  const kind = pk.slice(0, 1);
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}
