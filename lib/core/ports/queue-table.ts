import type { Offset } from '../position.ts';
import type { Queue } from '../queue.ts';
import type { EpochMs } from '../time.ts';
import type { Put, Replacement } from './conditional.ts';

export interface LiveShard {
  readonly id: string;
  readonly bornAtMs: EpochMs;
}

/** A queue that names this one as its dead-letter queue. */
export interface DeadLetterSource {
  readonly queue: string;
  readonly incarnation: string;
  readonly sinceMs: EpochMs;
}

/** What a queue is: settings, and the shards that take appends. Replaced whole, by version. */
export interface Definition extends Queue {
  readonly version: number;
  readonly state: 'active' | 'deleting';
  readonly shards: readonly LiveShard[];
  readonly deadLetterSources: readonly DeadLetterSource[];
  readonly writeId: string;
}

/** One generation of a group's progress. A shard that is not in `starts` starts at 0. */
export interface Chain {
  readonly id: string;
  readonly starts: Readonly<Record<string, Offset>>;
}

/** A reader of the log. A queue has exactly one. */
export interface Group {
  readonly incarnation: string;
  /** Raised by every purge and rewind. */
  readonly generation: number;
  readonly chain: Chain;
  readonly effectiveAtMs: EpochMs;
  /** In force until `effectiveAtMs`; kept after it for an undo. */
  readonly previous?: Chain;
  /** Shards of delayed messages; they belong to the chain, since their alarms do. */
  readonly delayShards: readonly LiveShard[];
  /** Retired shards that this chain has delivered to the end: every one up to this version … */
  readonly drainedThrough: number;
  /** … and these. */
  readonly drained: readonly string[];
  readonly writeId: string;
}

export interface QueueView {
  readonly definition: Definition;
  readonly group: Group;
}

/** A shard that takes no more appends but may still be read. */
export interface RetiredShard {
  readonly incarnation: string;
  readonly id: string;
  /** Version of the definition without it: orders retirements, whatever the clocks say. */
  readonly version: number;
  readonly bornAtMs: EpochMs;
  readonly retiredAtMs: EpochMs;
  readonly removableAtMs: EpochMs;
}

export interface RegistryEntry {
  readonly name: string;
  readonly incarnation: string;
}

/** Names, definitions and groups. Each method is one request. */
export interface QueueTable {
  /** Strongly consistent. */
  readName(name: string): Promise<RegistryEntry | undefined>;
  putName(entry: RegistryEntry): Promise<Put<RegistryEntry>>;
  /** Only if it still names that incarnation; otherwise nothing. */
  deleteName(entry: RegistryEntry): Promise<void>;
  /** Ascending by name, those with the prefix, behind `after`. */
  listNames(range: { readonly prefix: string; readonly limit: number; readonly after?: string }): Promise<readonly RegistryEntry[]>;

  /** Definition and group in one read; undefined when either is gone. */
  readView(incarnation: string, options: { readonly consistent: boolean }): Promise<QueueView | undefined>;
  putDefinition(definition: Definition): Promise<Put<Definition>>;
  /** Only if the stored one has `definition.version - 1`. */
  replaceDefinition(definition: Definition): Promise<Replacement<Definition>>;
  deleteDefinition(incarnation: string): Promise<void>;
  putGroup(group: Group): Promise<Put<Group>>;
  /** Only if the stored one still has `seenWriteId`. */
  replaceGroup(group: Group, seenWriteId: string): Promise<Replacement<Group>>;
  deleteGroup(incarnation: string): Promise<void>;

  /** Idempotent. */
  putRetiredShard(shard: RetiredShard): Promise<void>;
  /** Those of a version above `afterVersion`, ascending, strongly consistent. */
  listRetiredShards(incarnation: string, afterVersion: number, limit: number): Promise<readonly RetiredShard[]>;
}
