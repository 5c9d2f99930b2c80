import type { Pull } from '../../lib/core/group/pull.ts';
import { limits } from '../../lib/core/limits.ts';
import type { Alarm, Lease } from '../../lib/core/ports/lease-table.ts';
import type { Segment } from '../../lib/core/ports/log-table.ts';
import type { QueueView } from '../../lib/core/ports/queue-table.ts';
import type { ItemTable } from '../../lib/storage/items/item-table.ts';
import { memoryDeps, type MemoryDeps, type MemoryWorld } from '../support/memory-deps.ts';

/** What a queue looks like from within: for tests of rules that callers see only by their effect. */
export async function insideOf(deps: MemoryDeps, name = 'orders') {
  const named = await deps.queues.readName('queue', name);
  if (!named) throw new Error(`no queue ${name}`);
  const { incarnation } = named;
  const view = async (): Promise<QueueView> => {
    const found = await deps.queues.readView(incarnation, { consistent: true });
    if (!found) throw new Error(`no view of ${name}`);
    return found;
  };
  const chain = async () => (await view()).group.chain;
  const shard = async () => (await view()).definition.shards[0]!.id;
  return {
    incarnation, view, chain, shard,
    leases: async (of?: string): Promise<readonly Lease[]> =>
      deps.leases.listLeases({ chain: (await chain()).id, shard: of ?? await shard(), from: 0, limit: 1000, consistent: true }),
    alarms: async (): Promise<readonly Alarm[]> => deps.leases.listAlarms({ chain: (await chain()).id, limit: 1000 }),
    low: async (): Promise<number> => deps.leases.readLow((await chain()).id, await shard()),
    segments: async (of?: string): Promise<readonly Segment[]> =>
      deps.log.listSegments({ log: incarnation, shard: of ?? await shard(), from: 0, limit: 1000, consistent: true }),
    /** One look of a consumer, now. */
    pull: async (more: Partial<Pull> = {}): Promise<Pull> => {
      const { definition: { settings }, group } = await view();
      return {
        incarnation, chain: group.chain, settings, nowMs: deps.clock.now(), visibilityMs: settings.visibilityTimeoutSeconds * 1000,
        answerBytesLeft: limits.answerBytes.max, ...more,
      };
    },
  };
}

/** A process whose table does something of the test's own with some requests. */
export const withTable = (world: MemoryWorld, change: (inner: ItemTable) => Partial<ItemTable>): MemoryDeps =>
  memoryDeps({ world: { ...world, table: { ...world.table, ...change(world.table) } } });
