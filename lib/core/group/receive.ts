import type { Deps } from '../deps.ts';
import { CallerError, StoreUnavailable } from '../errors.ts';
import type { Delivery } from '../message.ts';
import type { QueueView } from '../ports/queue-table.ts';
import { inLine } from '../process-memory.ts';
import { viewAgeMs, viewOf } from '../queue/view.ts';
import type { EpochMs } from '../time.ts';
import { bounds, timing } from '../timing.ts';
import { chainInForce, shardsToRead } from './chain-in-force.ts';
import { claimFrom, lookInto } from './claim.ts';
import { deliver } from './deliver.ts';
import { dueAlarms, takeAlarmed, unlessWon } from './due-alarms.ts';
import { noteClaim } from './poll-pace.ts';
import { answerBytes, type Deliverable, type Pull } from './pull.ts';
import type { LogRead } from './read-log.ts';
import { type ReaderMemory, readerMemory, shardReader, type ShardReader } from './reader-memory.ts';
import { tidyShards } from './tidy-shards.ts';
import { isSweepDue, sweep } from './sweep.ts';

export interface PullRequest {
  readonly maxMessages: number;
  /** Bound on the answer; one message is always answered. */
  readonly answerBytesMax: number;
  readonly visibilityMs: number;
  readonly select?: Pull['select'];
}

export interface PullAnswer {
  readonly deliveries: readonly Delivery[];
  /** An alarm is known to be due then: look again. */
  readonly nextDueAtMs: EpochMs | undefined;
}

/**
 * One look for messages: what is due again or due at last, and what is new. An empty answer means
 * "nothing won this time", not "queue empty".
 *
 * Within a process looks at one shard wait for each other: they would read the same messages and
 * refuse each other's leases.
 */
export async function pullOnce(deps: Deps, view: QueueView, request: PullRequest): Promise<PullAnswer> {
  const nowMs = deps.system.now();
  const chain = chainInForce(view.group, nowMs);
  if (!chain) return { deliveries: [], nextDueAtMs: view.group.effectiveAtMs };
  const pull: Pull = {
    incarnation: view.definition.incarnation, chain, settings: view.definition.settings, nowMs,
    visibilityMs: request.visibilityMs, answerBytesLeft: request.answerBytesMax,
    ...(request.select ? { select: request.select } : {}),
  };
  const memory = deps.memory.readers.getOrPut(chain.id, readerMemory);
  const [first, ...others] = await readersInTurn(deps, memory, view);
  if (!first) return { deliveries: [], nextDueAtMs: undefined };

  const isTidyTime = isSweepDue(memory, nowMs);
  const look = await inLine(deps.memory, lineOf(pull, first), () => lookOnce(deps, pull, memory, first, request));
  const won = look.won.length > 0 ? look.won : await claimFromOthers(deps, pull, memory, others, request.maxMessages);
  if (isTidyTime) await tidyInPassing(deps, view, memory);
  return { deliveries: await answer(deps, view, won), nextDueAtMs: look.nextDueAtMs };
}

/** Work for others to come, which somebody else will do if this one fails: no consumer fails by it. */
async function tidyInPassing(deps: Deps, view: QueueView, memory: ReaderMemory): Promise<void> {
  try {
    await tidyShards(deps, view, memory);
  } catch (error) {
    if (!(error instanceof StoreUnavailable || error instanceof CallerError)) throw error;
    deps.report(error);
  }
}

const lineOf = (pull: Pull, { shard }: ShardReader): string => `receive ${pull.chain.id} ${shard}`;

/** A part of the shards from a random one on: with many of them, a poll does not pay for all. */
async function readersInTurn(deps: Deps, memory: ReaderMemory, view: QueueView): Promise<readonly ShardReader[]> {
  const shards = await shardsToRead(deps, memory, view);
  const start = Math.floor(deps.system.random() * shards.length);
  return [...shards.slice(start), ...shards.slice(0, start)]
    .slice(0, bounds.shardsPerPoll)
    .map((shard) => shardReader(memory, shard));
}

interface Look {
  readonly won: readonly Deliverable[];
  readonly nextDueAtMs: EpochMs | undefined;
}

async function lookOnce(
  deps: Deps, pull: Pull, memory: ReaderMemory, reader: ShardReader, { maxMessages }: PullRequest,
): Promise<Look> {
  const [alarms, news] = await Promise.all([dueAlarms(deps, pull, memory), lookInto(deps, pull, reader, maxMessages)]);
  const swept = await sweep(deps, pull, memory);
  const share = shareOfAlarms(deps, maxMessages, news);
  const again = await takeAlarmed(deps, pull, memory, [...alarms.due, ...swept], share);
  const left = afterWinning(pull, again);
  const fresh = again.length >= maxMessages ? []
    : await unlessWon(deps, again, () => claim(deps, left, memory, reader, news, maxMessages - again.length));
  return { won: [...again, ...fresh], nextDueAtMs: alarms.nextDueAtMs };
}

/** While there are new messages at most half of an answer is of old ones, so that neither starves. */
function shareOfAlarms(deps: Deps, maxMessages: number, news: LogRead): number {
  if (news.segments.length === 0) return maxMessages;
  return Math.floor(maxMessages / 2 + deps.system.random());
}

const afterWinning = (pull: Pull, won: readonly Deliverable[]): Pull => ({
  ...pull, answerBytesLeft: pull.answerBytesLeft - won.reduce((sum, { content }) => sum + answerBytes(content), 0),
});

async function claim(
  deps: Deps, pull: Pull, memory: ReaderMemory, reader: ShardReader, news: LogRead, capacity: number,
): Promise<readonly Deliverable[]> {
  if (pull.answerBytesLeft <= 0) return [];
  const claimed = await claimFrom(deps, pull, reader, news, capacity);
  noteClaim(memory, claimed);
  return claimed.deliverables;
}

/** Only when the first shard gave nothing: having found something, do not go on only to top up. */
async function claimFromOthers(
  deps: Deps, pull: Pull, memory: ReaderMemory, readers: readonly ShardReader[], maxMessages: number,
): Promise<readonly Deliverable[]> {
  const reads = await Promise.all(readers.map((reader) => lookInto(deps, pull, reader, maxMessages)));
  for (const [at, reader] of readers.entries()) {
    const news = reads[at];
    if (!news || news.segments.length === 0) continue;
    const won = await inLine(deps.memory, lineOf(pull, reader), () => claim(deps, pull, memory, reader, news, maxMessages));
    if (won.length > 0) return won;
  }
  return [];
}

/**
 * What was won goes out only if the group's record, read at most a second ago, still names the chain.
 * Otherwise it is left to fall due in the chain it was won in.
 */
async function answer(deps: Deps, view: QueueView, won: readonly Deliverable[]): Promise<readonly Delivery[]> {
  if (won.length === 0) return [];
  const { incarnation } = view.definition;
  const current = await viewOf(deps, incarnation, timing.groupAgeMs);
  const isRecent = viewAgeMs(deps, incarnation) <= timing.groupAgeMs;
  return isRecent && current?.group.chain.id === view.group.chain.id ? deliver(deps, incarnation, won) : [];
}
