import { randomBytes } from 'node:crypto';
import type { Authentication, Deps } from '../core/deps.ts';
import type { ObjectStore } from '../core/ports/object-store.ts';
import type { SecretBox } from '../core/ports/secret-box.ts';
import { processMemory } from '../core/process-memory.ts';
import type { Log } from '../platform/log.ts';
import { hmacSigner } from '../platform/signer.ts';
import { system } from '../platform/system.ts';
import { parquetArchive } from '../storage/archive/parquet-archive.ts';
import type { ItemTable } from '../storage/items/item-table.ts';
import { accessKeyTable } from '../storage/items/access-key-table.ts';
import { archiveTable } from '../storage/items/archive-table.ts';
import { jobTable } from '../storage/items/job-table.ts';
import { leaseTable } from '../storage/items/lease-table.ts';
import { logTable } from '../storage/items/log-table.ts';
import { queueTable } from '../storage/items/queue-table.ts';
import { segmentCodec } from '../storage/packing/segment-codec.ts';

/** What differs from place to place: where things are kept, and who does work in the background. */
export interface Adapters {
  readonly items: ItemTable;
  readonly objects: ObjectStore;
  readonly pushEndpoint: Deps['pushEndpoint'];
  readonly functions: Deps['functions'];
  readonly secretBox: SecretBox;
  readonly authentication?: Authentication;
  readonly publishedTo: Deps['publishedTo'];
  readonly kickJob: Deps['kickJob'];
  readonly log: Log;
}

const HANDLE_SECRET = 'receipt-handles';
const SECRET_BYTES = 32;

/**
 * Everything the operations need, on these adapters. Reads the secret that signs receipt handles
 * from the table, and puts one there the first time.
 * @throws StoreUnavailable
 */
export async function createDeps({ items, objects, pushEndpoint, functions, secretBox, authentication, publishedTo, kickJob, log }: Adapters): Promise<Deps> {
  const jobs = jobTable(items);
  return {
    log: logTable(items),
    leases: leaseTable(items),
    queues: queueTable(items),
    jobs,
    archive: archiveTable(items),
    accessKeys: accessKeyTable(items),
    secretBox,
    ...(authentication ? { authentication } : {}),
    objects,
    codec: segmentCodec(),
    archiveFiles: parquetArchive(),
    signer: hmacSigner({ current: await jobs.readOrPutSecret(HANDLE_SECRET, randomBytes(SECRET_BYTES)) }),
    pushEndpoint,
    functions,
    system,
    memory: processMemory(),
    report: (fault) => log.error('fault', { fault }),
    publishedTo,
    kickJob,
  };
}
