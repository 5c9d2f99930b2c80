import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { contentsOf } from '../group/read-log.ts';
import { standingOf } from '../group/message-state.ts';
import type { Lease } from '../ports/lease-table.ts';
import type { Segment } from '../ports/log-table.ts';
import type { QueueView } from '../ports/queue-table.ts';
import { parseMessageId, type Position } from '../position.ts';
import { msAfter } from '../time.ts';
import { timing } from '../timing.ts';
import type { PeekedMessage } from './peek-messages.ts';
import { viewByName } from './view.ts';

/**
 * One message by its id, wherever it stands, without receiving it.
 * @throws CallerError `queueNotFound`; `messageNotFound` when this queue never had it, or history has ended
 */
export async function findMessage(deps: Deps, { name, messageId }: { readonly name: string; readonly messageId: string }): Promise<PeekedMessage> {
  const position = parseMessageId(messageId);
  const view = await viewByName(deps, name, 0);
  const log = view.definition.incarnation;
  const segment = await deps.log.segmentAt({ log, shard: position.shard }, position.offset);
  const content = segment && segment.count > 0 ? (await contentsOf(deps, segment))[position.offset - segment.base] : undefined;
  if (!segment || !content) throw new CallerError('messageNotFound', `no message has the id ${messageId}`, { messageId });

  const message = { ...content, messageId, enqueuedAtMs: segment.enqueuedAtMs };
  if (isPurged(view, position, segment)) return { ...message, state: 'deleted', receiveCount: 0 };
  const lease = await coveringLease(deps, view.group.chain.id, position);
  const located = { segment, content, lease, position: position.offset - (lease?.first ?? segment.base) };
  return { ...message, ...standingOf(located, view.definition.settings, deps.system.now()) };
}

async function coveringLease(deps: Deps, chain: string, { shard, offset }: Position): Promise<Lease | undefined> {
  const lease = await deps.leases.lastLease(chain, shard, offset);
  return lease && offset < lease.end ? lease : undefined;
}

/**
 * Below the start of the chain; or in a shard that no start is known of and that is not in use any more,
 * and written before the chain began: a purge closes the delay shards, and skips what was retired.
 */
function isPurged({ definition, group }: QueueView, { shard, offset }: Position, { enqueuedAtMs }: Segment): boolean {
  const start = group.chain.starts[shard];
  if (start !== undefined) return offset < start;
  const isInUse = [...definition.shards, ...group.delayShards].some(({ id }) => id === shard);
  return !isInUse && enqueuedAtMs <= msAfter(group.effectiveAtMs, -timing.effectiveDelayMs);
}
