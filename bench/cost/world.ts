import { randomInt } from 'node:crypto';
import type { Deps } from '../../lib/core/deps.ts';
import type { ObjectStore } from '../../lib/core/ports/object-store.ts';
import type { System } from '../../lib/core/ports/system.ts';
import { processMemory } from '../../lib/core/process-memory.ts';
import { type EpochMs, epochMs, msAfter } from '../../lib/core/time.ts';
import { hmacSigner } from '../../lib/platform/signer.ts';
import { noBox } from '../../lib/secrets/no-box.ts';
import type { ItemTable } from '../../lib/storage/items/item-table.ts';
import { parquetArchive } from '../../lib/storage/archive/parquet-archive.ts';
import { accessKeyTable } from '../../lib/storage/items/access-key-table.ts';
import { archiveTable } from '../../lib/storage/items/archive-table.ts';
import { jobTable } from '../../lib/storage/items/job-table.ts';
import { segmentKey } from '../../lib/storage/items/keys.ts';
import { leaseTable } from '../../lib/storage/items/lease-table.ts';
import { logTable } from '../../lib/storage/items/log-table.ts';
import { queueTable } from '../../lib/storage/items/queue-table.ts';
import { memoryItemTable } from '../../lib/storage/memory/item-table.ts';
import { memoryObjectStore } from '../../lib/storage/memory/object-store.ts';
import { segmentCodec } from '../../lib/storage/packing/segment-codec.ts';
import { sleepers } from './sleepers.ts';
import { newTrace, type RequestMeter, type Trace } from './trace.ts';
import { tracedObjects, tracedTable } from './traced-storage.ts';

/** A deployment whose requests are counted and whose time passes only when told to. */
export interface CostWorld {
  readonly trace: Trace;
  now(): EpochMs;
  advance(ms: number): void;
  /** A process of its own: it shares the table and the objects with the others, and nothing else. */
  newProcess(): Deps;
  /** As TTL would, for nothing: the table loses every segment of a queue. */
  letGoOfSegments(queue: string): Promise<void>;
}

/** With the table that `tableOf` makes; objects lie in memory, since only their number matters. */
export function costWorld(tableOf: (meter: RequestMeter) => ItemTable): CostWorld {
  const trace = newTrace();
  const plain = tableOf(trace.meter);
  const table = tracedTable(plain, trace);
  const objects = tracedObjects(memoryObjectStore({ meter: trace.meter }), trace);
  // From today on, since an engine may remove what has expired by its own clock.
  let nowMs = epochMs(Date.now());
  const advance = (ms: number): void => { nowMs = msAfter(nowMs, ms); };
  const system: System = {
    now: () => nowMs,
    ...sleepers({ now: () => nowMs, advanceTo: (ms) => { nowMs = ms; }, atRest: trace.atRest }),
    random: () => Math.random(),
    newId: () => Array.from({ length: 14 }, () => randomInt(36).toString(36)).join(''),
  };
  const newProcess = () => processOf({ table, objects, system });
  return { trace, advance, now: () => nowMs, newProcess, letGoOfSegments: (queue) => letGoOfSegments(newProcess(), table, queue) };
}

async function letGoOfSegments(deps: Deps, table: ItemTable, queue: string): Promise<void> {
  const log = (await deps.queues.readName('queue', queue))?.incarnation ?? '';
  const view = await deps.queues.readView(log, { consistent: true });
  const former = await deps.queues.listRetiredShards(log, 0, 1000);
  for (const { id: shard } of [...view?.definition.shards ?? [], ...former]) {
    for (;;) {
      const segments = await deps.log.listSegments({ log, shard, from: 0, limit: 1000, consistent: true });
      if (segments.length === 0) break;
      for (const segment of segments) await table.remove(segmentKey(segment));
    }
  }
}

/** By the rules of DynamoDB's manual, in memory: what the engine's own figures are compared with. */
export const memoryWorld = (): CostWorld => costWorld((meter) => memoryItemTable({ meter }));

interface Shared { readonly table: ItemTable; readonly objects: ObjectStore; readonly system: System }

const processOf = ({ table, objects, system }: Shared): Deps => ({
  log: logTable(table),
  leases: leaseTable(table),
  queues: queueTable(table),
  jobs: jobTable(table),
  archive: archiveTable(table),
  accessKeys: accessKeyTable(table),
  secretBox: noBox,
  objects,
  system,
  codec: segmentCodec(),
  archiveFiles: parquetArchive(),
  pushEndpoint: { post: async () => ({ kind: 'answered', status: 200, body: '' }), check: async () => ({ kind: 'reachable' }) },
  functions: { areThere: true, invoke: async () => ({ kind: 'accepted' }) },
  signer: hmacSigner({ current: new TextEncoder().encode('handles of a benchmark') }),
  memory: processMemory(),
  report: (fault) => { throw fault; },
  publishedTo: () => {},
  kickJob: async () => {},
});
