import type { Segment } from '../ports/log-table.ts';
import type { LiveShard } from '../ports/queue-table.ts';
import type { Offset } from '../position.ts';

/**
 * A set of shards that take the same kind of append: those of messages ready at once, which the
 * definition names, or those of delayed messages, which belong to the chain and are named by the group.
 */
export interface Lane {
  /** Unique per log and kind. */
  readonly name: string;
  readonly log: string;
  /** Never empty. */
  shards(): readonly LiveShard[];
  /** Double the shards, unless somebody just did. */
  grow(): Promise<void>;
  /** Close a shard that was silent for too long, and put a new one in its place. */
  replaceSilent(shard: string, tail: Offset): Promise<void>;
  /**
   * Met a seal: make sure that the shard is named no longer. Whoever closed it may have died half way.
   * @throws CallerError `queueNotFound` when the queue is gone
   */
  finishSeal(seal: Segment): Promise<void>;
}
