import type { Item, ItemKey, ItemTable } from '../../lib/storage/items/item-table.ts';
import { memoryWorld, type MemoryWorld } from '../support/memory-deps.ts';

export interface ExpiringWorld {
  readonly world: MemoryWorld;
  /** Remove what TTL may remove by now, as early as it can: of the partitions whose key begins so. */
  readonly expire: (pkPrefix: string) => Promise<void>;
}

/** A world in which TTL is as early as it may be. */
export function expiringWorld(): ExpiringWorld {
  const world = memoryWorld();
  const written = new Map<string, ItemKey>();
  const note = ({ pk, sk }: ItemKey): void => { written.set(`${pk} ${sk}`, { pk, sk }); };
  const table: ItemTable = {
    ...world.table,
    put: (item, condition) => {
      note(item);
      return world.table.put(item, condition);
    },
    update: (key, change) => {
      note(key);
      return world.table.update(key, change);
    },
  };
  const isOver = (item: Item | undefined): boolean => typeof item?.['ttl'] === 'number' && item['ttl'] * 1000 < world.clock.now();
  const expire = async (pkPrefix: string): Promise<void> => {
    for (const key of written.values()) {
      if (key.pk.startsWith(pkPrefix) && isOver(await world.table.get(key, { consistent: true }))) await world.table.remove(key);
    }
  };
  return { world: { ...world, table }, expire };
}

export interface Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

/** Something one process waits for, and another brings about. */
export function gate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => { open = resolve; });
  return { opened, open: () => open() };
}
