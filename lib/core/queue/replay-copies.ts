import { membershipOf } from '../group/membership.ts';
import { outcomesIn } from '../group/outcomes.ts';
import { readableContents } from '../group/read-log.ts';
import { chainsInForce } from '../group/served-chains.ts';
import { messageExpiresAt } from '../log/segment.ts';
import { matcherOf } from '../message-filter.ts';
import type { MessageContent } from '../message.ts';
import type { QueueView } from '../ports/queue-table.ts';
import { messageIdAt, type Offset } from '../position.ts';
import { historySeconds } from '../queue.ts';
import { timing } from '../timing.ts';
import { type ReplayRun, ReplayStops } from './replay-run.ts';
import type { WindowPart } from './replay-window.ts';
import { viewOf } from './view.ts';

/** A message as it goes to the target, and where it was. */
export interface Copy {
  readonly offset: Offset;
  readonly content: MessageContent;
}

/**
 * What of a part is to be copied: what has not expired and passes the filter, settled or not. The
 * outcome is that of now. What cannot be read is reported, and passed over.
 */
export async function copiesOf(run: ReplayRun, part: WindowPart): Promise<readonly Copy[]> {
  const { deps, job: { filter = {}, replayId } } = run;
  const { segment: { shard, base, enqueuedAtMs } } = part;
  const view = await sourceOf(run);
  const contents = await readableContents(deps, part.segment) ?? [];
  const isMeant = matcherOf(filter);
  const membership = membershipOf(view);
  const isWanted = (content: MessageContent, messageId: string): boolean =>
    membership?.has(part.segment, content) !== false && isMeant({ ...content, messageId, enqueuedAtMs }) && !isExpired(run, view, part, content);
  const copies = contents.slice(part.from - base, part.end - base).flatMap((content, at): Copy[] => {
    const messageId = messageIdAt({ shard, offset: part.from + at });
    if (!isWanted(content, messageId)) return [];
    const { body, attributes, tags, routingKey } = content;
    return [{ offset: part.from + at, content: { body, attributes, tags, ...(routingKey === undefined ? {} : { routingKey }), replay: { replayId, messageId, enqueuedAtMs } } }];
  });
  return filter.outcome === undefined || copies.length === 0 ? copies : withOutcome(run, view, part, copies);
}

/** By the settings of today, whatever is still in the log: a shorter history holds for all. */
const isExpired = ({ deps }: ReplayRun, { definition: { settings } }: QueueView, { segment }: WindowPart, content: MessageContent): boolean =>
  messageExpiresAt(segment, content, historySeconds(settings)) <= deps.system.now();

async function withOutcome({ deps, job: { filter } }: ReplayRun, view: QueueView, { segment }: WindowPart, copies: readonly Copy[]): Promise<readonly Copy[]> {
  const chains = chainsInForce(view.group, deps.system.now()) ?? view.group;
  const outcomes = await outcomesIn(deps, view, chains, segment);
  return copies.filter(({ offset }) => outcomes[offset - segment.base] === filter?.outcome);
}

/** The queue that is replayed. @throws ReplayStops `queueDeleted` */
export async function sourceOf({ deps, job: { incarnation } }: ReplayRun): Promise<QueueView> {
  const view = await viewOf(deps, incarnation, timing.groupAgeMs);
  if (!view) throw new ReplayStops('queueDeleted');
  return view;
}
