import { StoreUnavailable } from '../../lib/core/errors.ts';
import type { ItemTable } from '../../lib/storage/items/item-table.ts';

/**
 * `before`: it never arrived. `after` is the cruel one: it landed, and nobody heard. Of both the caller
 * knows nothing. `throttle`: refused for now, which the caller does know.
 */
export type Fault = 'before' | 'after' | 'throttle';

export type TableMethod = keyof ItemTable;

/** Which requests fail: those of the method whose partition key begins so. */
export interface FaultPlan {
  readonly fault: Fault;
  readonly method: TableMethod;
  readonly pkPrefix: string;
  /** Default: once. */
  readonly times?: number;
  /** So many of them pass first. */
  readonly after?: number;
}

export interface FaultyTable extends ItemTable {
  fail(plan: FaultPlan): void;
  /** Faults that have not happened yet. */
  pending(): number;
  /** From here on nothing fails. */
  heal(): void;
}

/** A table that fails as planned: the same interface, so every scenario can run again under failure. */
export function faultyTable(inner: ItemTable): FaultyTable {
  const plans: Array<FaultPlan & { passes: number; left: number }> = [];
  const nextFault = (method: TableMethod, pk: string): Fault | undefined => {
    const plan = plans.find((one) => one.left > 0 && one.method === method && pk.startsWith(one.pkPrefix));
    if (!plan) return undefined;
    if (plan.passes > 0) {
      plan.passes -= 1;
      return undefined;
    }
    plan.left -= 1;
    return plan.fault;
  };
  const run = async <T>(method: TableMethod, pk: string, request: () => Promise<T>): Promise<T> => {
    const fault = nextFault(method, pk);
    if (fault === 'throttle') throw new StoreUnavailable('injected: too many requests', { outcome: 'refused' });
    if (fault === 'before') throw new StoreUnavailable('injected: lost on the way there', { outcome: 'unknown' });
    const answer = await request();
    if (fault === 'after') throw new StoreUnavailable('injected: lost on the way back', { outcome: 'unknown' });
    return answer;
  };
  return {
    put: (item, condition) => run('put', item.pk, () => inner.put(item, condition)),
    get: (key, options) => run('get', key.pk, () => inner.get(key, options)),
    query: (range) => run('query', range.pk, () => inner.query(range)),
    update: (key, change) => run('update', key.pk, () => inner.update(key, change)),
    remove: (key, condition) => run('remove', key.pk, () => inner.remove(key, condition)),
    fail: (plan) => { plans.push({ ...plan, passes: plan.after ?? 0, left: plan.times ?? 1 }); },
    heal: () => { plans.length = 0; },
    pending: () => plans.reduce((sum, { left }) => sum + left, 0),
  };
}
