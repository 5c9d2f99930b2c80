import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { contentsOf } from '../group/read-log.ts';
import { standingOf } from '../group/message-state.ts';
import { readerMemory } from '../group/reader-memory.ts';
import { chainsInForce, isUnread, ownerOf } from '../group/served-chains.ts';
import { segmentWith } from '../log/history.ts';
import type { Lease } from '../ports/lease-table.ts';
import { parseMessageId, type Position } from '../position.ts';
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
  const segment = await segmentWith(deps, { log, shard: position.shard }, position.offset);
  const content = segment && segment.count > 0 ? (await contentsOf(deps, segment))[position.offset - segment.base] : undefined;
  if (!segment || !content) throw new CallerError('messageNotFound', `no message has the id ${messageId}`, { messageId });

  const message = { ...content, messageId, enqueuedAtMs: segment.enqueuedAtMs };
  const chains = chainsInForce(view.group, deps.system.now()) ?? view.group;
  const owner = await ownerOf(deps, view, chains, position);
  const lease = await coveringLease(deps, owner.chain.id, position);
  const isGone = !lease && !await isUnread(deps, deps.memory.readers.getOrPut(owner.chain.id, readerMemory), view, owner, position);
  if (isGone) return { ...message, state: 'deleted', receiveCount: 0 };
  const located = { segment, content, lease, position: position.offset - (lease?.first ?? segment.base) };
  return { ...message, ...standingOf(located, view.definition.settings, deps.system.now()) };
}

async function coveringLease(deps: Deps, chain: string, { shard, offset }: Position): Promise<Lease | undefined> {
  const lease = await deps.leases.lastLease(chain, shard, offset);
  return lease && offset < lease.end ? lease : undefined;
}
