import type { Access } from './access-key/access.ts';
import type { AccessKeyTable } from './ports/access-key-table.ts';
import type { ArchiveTable } from './ports/archive-table.ts';
import type { FunctionInvoker } from './ports/function-invoker.ts';
import type { JobKey, JobTable } from './ports/job-table.ts';
import type { LeaseTable } from './ports/lease-table.ts';
import type { LogTable } from './ports/log-table.ts';
import type { ObjectStore } from './ports/object-store.ts';
import type { PushEndpoint } from './ports/push-endpoint.ts';
import type { QueueTable } from './ports/queue-table.ts';
import type { SegmentArchive } from './ports/segment-archive.ts';
import type { SegmentCodec } from './ports/segment-codec.ts';
import type { SecretBox } from './ports/secret-box.ts';
import type { Signer } from './ports/signer.ts';
import type { System } from './ports/system.ts';
import type { ProcessMemory } from './process-memory.ts';

/** Who is let in: holders of access keys … */
export interface Authentication {
  /** … and of this one, which may do everything, and is kept nowhere. */
  readonly administrator?: { readonly id: string; readonly secret: string };
}

/** What every operation needs of the outside. Built once per process, by lib/wiring. */
export interface Deps {
  readonly log: LogTable;
  readonly leases: LeaseTable;
  readonly queues: QueueTable;
  readonly jobs: JobTable;
  /** What of the log is in the archive. */
  readonly archive: ArchiveTable;
  readonly objects: ObjectStore;
  readonly codec: SegmentCodec;
  readonly archiveFiles: SegmentArchive;
  /** Where messages are pushed to: over HTTP … */
  readonly pushEndpoint: PushEndpoint;
  /** … and functions. */
  readonly functions: FunctionInvoker;
  readonly signer: Signer;
  readonly accessKeys: AccessKeyTable;
  readonly secretBox: SecretBox;
  /** Every request must be signed. Absent: whoever lets requests in has looked at who sent them. */
  readonly authentication?: Authentication;
  /** What whoever sent this request may do. Absent: anything. */
  readonly access?: Access;
  readonly system: System;
  /** Hints of this process: losing them costs a read, never a message. */
  readonly memory: ProcessMemory;
  /** A fault that did not fail the request. */
  readonly report: (fault: unknown) => void;
  /** Something was published to a topic with pushed subscriptions, of that incarnation. Where the table's stream tells of it: nothing to do. */
  readonly publishedTo: (topic: string) => void;
  /** Start, or go on with, a job somewhere that outlives the request. */
  readonly kickJob: (job: JobKey) => Promise<void>;
}
