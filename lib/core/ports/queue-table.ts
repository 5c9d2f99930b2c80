import type { Offset } from '../position.ts';
import type { Queue } from '../queue.ts';
import type { SubscriptionSettings } from '../subscription.ts';
import type { EpochMs } from '../time.ts';
import type { Put, Replacement } from './conditional.ts';

export interface LiveShard {
  readonly id: string;
  readonly bornAtMs: EpochMs;
}

/** A queue or a subscription whose messages flow into this queue: as its dead letters, or pushed. */
export interface QueueSource {
  /** Its name, as `parseName` reads it. */
  readonly queue: string;
  readonly incarnation: string;
  readonly sinceMs: EpochMs;
}

/**
 * What a queue, a topic or a subscription is: settings, and the shards that take appends. Replaced whole,
 * by version. A topic is stored as a queue that nobody consumes; a subscription as a queue without shards.
 */
export interface Definition extends Queue {
  readonly version: number;
  readonly state: 'active' | 'deleting';
  readonly shards: readonly LiveShard[];
  readonly sources: readonly QueueSource[];
  /** Of a subscription. */
  readonly subscription?: SubscriptionSettings;
  /** Of a topic: a subscription of it is pushed, and wants to be woken by what is published. */
  readonly isPushed?: boolean;
  /** Of a topic: when dead letters last came back to one of its subscriptions alone; noted about once a day. */
  readonly redrivenAtMs?: EpochMs;
  readonly writeId: string;
}

/** One generation of a group's progress. A shard that is not in `starts` starts at 0. */
export interface Chain {
  readonly id: string;
  readonly starts: Readonly<Record<string, Offset>>;
  /** Retired shards that this chain has nothing (more) to deliver of: every one up to this version … */
  readonly drainedThrough: number;
  /** … and these. */
  readonly drained: readonly string[];
}

/** How far up a side chain goes in each shard: what lies at or above belongs to another chain. */
export interface Reach {
  /** The first offset that is not its own, by shard. */
  readonly until: Readonly<Record<string, Offset>>;
  /** Of shards that are not in `until`: those retired up to this version are wholly its own … */
  readonly wholeThrough: number;
  /** … and these. Of any other shard it has nothing. */
  readonly whole: readonly string[];
}

/**
 * A chain that is served beside the main one. A leftover is what was in force before a rewind: it goes
 * on below the new start. A selection hands out again what a filter lets through of a window.
 */
export interface SideChain {
  readonly kind: 'leftover' | 'selection';
  readonly chain: Chain;
  readonly reach: Reach;
  /** The rewind that made it; of a selection its record has the filter. */
  readonly rewindId: string;
  /** Nothing is left to do: it is kept only to tell what its receipt handles are worth. */
  readonly finishedAtMs?: EpochMs;
  /** Of a selection that is finished: by an undo. Its receipt handles still delete what was handed out. */
  readonly isUndone?: boolean;
}

/** The chains of a group at one time. */
export interface Chains {
  readonly chain: Chain;
  readonly sides: readonly SideChain[];
  /** The rewind that made the main chain, absent for the first one: only that can be undone. */
  readonly rewindId?: string;
}

/** A reader of the log. A queue has exactly one. */
export interface Group extends Chains {
  readonly incarnation: string;
  /** Raised by every purge, rewind and undo. */
  readonly generation: number;
  readonly effectiveAtMs: EpochMs;
  /** In force until `effectiveAtMs`; absent after a purge, when nothing is. */
  readonly previous?: Chains;
  /** The newest chains that a purge has left: there is nothing left to do with their receipt handles. */
  readonly purged: readonly string[];
  /** The newest purge, rewind or undo: its record may not say yet that it took place. */
  readonly changeId?: string;
  /** Shards of delayed messages; they belong to the main chain, since their alarms do. */
  readonly delayShards: readonly LiveShard[];
  readonly writeId: string;
}

/**
 * What a consumer or a producer knows of a queue. That of a subscription has the shards, their version and
 * the history of its topic in place of its own.
 */
export interface QueueView {
  readonly definition: Definition;
  readonly group: Group;
  /** Of a subscription: shards of the topic's delayed messages, which are among its shards. */
  readonly topicDelayShards?: readonly LiveShard[];
  /** Of a subscription: `redrivenAtMs` of its topic. */
  readonly topicRedrivenAtMs?: EpochMs;
  /** Of a subscription: when its record was read, or later. */
  readonly readAtMs?: EpochMs;
}

/** A shard that takes no more appends but may still be read. */
export interface RetiredShard {
  readonly incarnation: string;
  readonly id: string;
  /** Version of the definition without it: orders retirements, whatever the clocks say. */
  readonly version: number;
  readonly bornAtMs: EpochMs;
  readonly retiredAtMs: EpochMs;
  /** A closed shard of delayed messages: this chain finds them by its alarms, any other reads the shard as it reads all. */
  readonly owner?: string;
  readonly removableAtMs: EpochMs;
}

export interface RegistryEntry {
  /** `queue`, `topic`, or the incarnation of a topic: that of its subscriptions. */
  readonly registry: string;
  /** Within the registry. */
  readonly name: string;
  readonly incarnation: string;
}

/** Names, definitions and groups. Each method is one request. */
export interface QueueTable {
  /** Strongly consistent. */
  readName(registry: string, name: string): Promise<RegistryEntry | undefined>;
  putName(entry: RegistryEntry): Promise<Put<RegistryEntry>>;
  /** Only if it still names that incarnation; otherwise nothing. */
  deleteName(entry: RegistryEntry): Promise<void>;
  /** Ascending by name, those with the prefix, behind `after`. */
  listNames(range: { readonly registry: string; readonly prefix: string; readonly limit: number; readonly after?: string }): Promise<readonly RegistryEntry[]>;

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
