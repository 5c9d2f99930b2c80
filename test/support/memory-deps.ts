import type { Deps } from '../../lib/core/deps.ts';
import type { JobKey } from '../../lib/core/ports/job-table.ts';
import type { ObjectStore } from '../../lib/core/ports/object-store.ts';
import type { System } from '../../lib/core/ports/system.ts';
import { processMemory } from '../../lib/core/process-memory.ts';
import { type CapacityMeter, capacityMeter } from '../../lib/platform/capacity-meter.ts';
import { hmacSigner } from '../../lib/platform/signer.ts';
import { keyBox } from '../../lib/secrets/key-box.ts';
import type { ItemTable } from '../../lib/storage/items/item-table.ts';
import { parquetArchive } from '../../lib/storage/archive/parquet-archive.ts';
import { accessKeyTable } from '../../lib/storage/items/access-key-table.ts';
import { archiveTable } from '../../lib/storage/items/archive-table.ts';
import { jobTable } from '../../lib/storage/items/job-table.ts';
import { leaseTable } from '../../lib/storage/items/lease-table.ts';
import { logTable } from '../../lib/storage/items/log-table.ts';
import { queueTable } from '../../lib/storage/items/queue-table.ts';
import { memoryItemTable } from '../../lib/storage/memory/item-table.ts';
import { memoryObjectStore } from '../../lib/storage/memory/object-store.ts';
import { segmentCodec } from '../../lib/storage/packing/segment-codec.ts';
import { type FakeClock, fakeClock } from './fake-clock.ts';
import { nowhere } from './nowhere.ts';

/** All that several processes of one deployment share. */
export interface MemoryWorld {
  readonly clock: FakeClock;
  readonly meter: CapacityMeter;
  readonly table: ItemTable;
  readonly objects: ObjectStore;
  readonly system: System;
}

export interface MemoryDeps extends Deps {
  readonly world: MemoryWorld;
  readonly clock: FakeClock;
  /** What everything cost so far, by DynamoDB's rules. */
  readonly meter: CapacityMeter;
  /** Faults that were reported. */
  readonly faults: unknown[];
  /** Jobs that were started. */
  readonly kicked: JobKey[];
  /** Topics with pushed subscriptions that something was published to. */
  readonly published: string[];
}

/** A deployment in memory, with a clock that only the test moves, the same dice each time and counted ids. */
export function memoryWorld({ clock = fakeClock(), seed = 1 }: { readonly clock?: FakeClock; readonly seed?: number } = {}): MemoryWorld {
  const meter = capacityMeter();
  const system = { now: () => clock.now(), sleep: clock.sleep, random: seededRandom(seed), newId: countingIds() };
  return { clock, meter, system, table: memoryItemTable({ meter }), objects: memoryObjectStore({ meter }) };
}

/** One process of a world; a second one is `memoryDeps({ world: first.world })`. */
export function memoryDeps(options: { readonly clock?: FakeClock; readonly world?: MemoryWorld } = {}): MemoryDeps {
  const world = options.world ?? memoryWorld(options.clock ? { clock: options.clock } : {});
  const faults: unknown[] = [];
  const kicked: MemoryDeps['kicked'] = [];
  const published: string[] = [];
  return {
    world,
    clock: world.clock,
    meter: world.meter,
    faults,
    kicked,
    published,
    log: logTable(world.table),
    leases: leaseTable(world.table),
    queues: queueTable(world.table),
    jobs: jobTable(world.table),
    archive: archiveTable(world.table),
    accessKeys: accessKeyTable(world.table),
    objects: world.objects,
    codec: segmentCodec(),
    archiveFiles: parquetArchive(),
    ...nowhere,
    secretBox: keyBox(new Uint8Array(32)),
    signer: hmacSigner({ current: new TextEncoder().encode('a key for tests') }),
    system: world.system,
    memory: processMemory(),
    report: (fault) => { faults.push(fault); },
    publishedTo: (topic) => { published.push(topic); },
    kickJob: async (job) => { kicked.push(job); },
  };
}

/** The generator of Lehmer, with Park and Miller's constants: the same sequence for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Ids of 14 characters, in ascending order. */
export function countingIds(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `id${count.toString(36).padStart(12, '0')}`;
  };
}
