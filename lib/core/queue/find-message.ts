import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { membershipOf } from '../group/membership.ts';
import { contentsOf } from '../group/read-log.ts';
import { standingsOver } from '../group/standings.ts';
import { segmentWith } from '../log/history.ts';
import { parseMessageId } from '../position.ts';
import { logOf } from '../subscription.ts';
import type { PeekedMessage } from './peek-messages.ts';
import { viewByName } from './view.ts';

/**
 * One message by its id, wherever it stands, without receiving it.
 * @throws CallerError `queueNotFound`; `messageNotFound` when this queue never had it, or history has ended
 * @throws ObjectUnreadable
 */
export async function findMessage(deps: Deps, { name, messageId }: { readonly name: string; readonly messageId: string }): Promise<PeekedMessage> {
  const position = parseMessageId(messageId);
  const view = await viewByName(deps, name, 0);
  const log = logOf(view.definition.incarnation);
  const segment = await segmentWith(deps, { log, shard: position.shard }, position.offset);
  const content = segment && segment.count > 0 ? (await contentsOf(deps, segment))[position.offset - segment.base] : undefined;
  const isOthers = segment && content && membershipOf(view)?.has(segment, content) === false;
  if (!segment || !content || isOthers) throw new CallerError('messageNotFound', `no message has the id ${messageId}`, { messageId });

  const standingAt = standingsOver(deps, view, { shard: position.shard, base: position.offset, count: 1 });
  return { ...content, messageId, enqueuedAtMs: segment.enqueuedAtMs, ...await standingAt(segment, content, position.offset) };
}
