/** The protocol that our server is spoken to by; absent: its own. */
export type Dialect = 'native' | 'cmq';

/** Where a load generator finds a broker. Plain data: it crosses a process boundary. */
export type Target =
  | { readonly system: 'rewindmq'; readonly url: string; readonly dialect?: Dialect }
  | { readonly system: 'rabbitmq'; readonly url: string };

export type SystemName = Target['system'];

/** A message broker under test, started for this run with data of its own. */
export interface Broker {
  readonly target: Target;
  /** What it was, for the report: name and version. */
  readonly version: string;
  /** The process that everything of the broker runs below. */
  readonly pid: number;
  /** An empty, durable queue. */
  createQueue(name: string): Promise<void>;
  deleteQueue(name: string): Promise<void>;
  stop(): Promise<void>;
}

export type Role = 'produce' | 'consume';

/** What one load process does: `workers` loops, one batch at a time each. */
export interface LoadTask {
  readonly target: Target;
  readonly queue: string;
  readonly role: Role;
  readonly workers: number;
  readonly batch: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** A consumer ends as soon as a receive comes back empty. */
  readonly untilEmpty: boolean;
}

/** What a load process saw acknowledged while it measured. */
export interface LoadResult {
  readonly messages: number;
  readonly elapsedMs: number;
  /** From `go` on, warm-up included: what CPU times are divided by. */
  readonly messagesInAll: number;
}

/** One connection's worth of work: a batch each time, resolving with how many messages were acknowledged. */
export interface Worker {
  once(): Promise<number>;
  close(): Promise<void>;
}
