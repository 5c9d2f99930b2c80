import type { Deps } from '../deps.ts';
import { CallerError, StoreUnavailable } from '../errors.ts';
import type { Delivery } from '../message.ts';
import type { QueueView } from '../ports/queue-table.ts';
import { inLine } from '../process-memory.ts';
import { viewAgeMs, viewOf } from '../queue/view.ts';
import { earlierOf, type EpochMs, msAfter } from '../time.ts';
import { bounds, timing } from '../timing.ts';
import { unparkBelow } from './alarm.ts';
import { claimFrom, lookInto } from './claim.ts';
import { deliver } from './deliver.ts';
import { dueAlarms, takeAlarmed, unlessWon } from './due-alarms.ts';
import { membershipOf } from './membership.ts';
import { noteClaim } from './poll-pace.ts';
import { answerBytes, type Deliverable, type Pull } from './pull.ts';
import type { LogRead } from './read-log.ts';
import { type ReaderMemory, readerMemory, shardReader, type ShardReader } from './reader-memory.ts';
import { finishSide } from './finish-side.ts';
import { boundsOf, chainsInForce, type Served, servedOf, shardsToRead } from './served-chains.ts';
import { selectionOf } from './selection.ts';
import { isSweepDue, sweep } from './sweep.ts';
import { tidyShards } from './tidy-shards.ts';

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
  const chains = chainsInForce(view.group, nowMs);
  let nextDueAtMs = nowMs < view.group.effectiveAtMs ? view.group.effectiveAtMs : undefined;
  for (const served of inTurn(deps, chains ? servedOf(chains) : [])) {
    const look = await lookIntoChain(deps, view, served, request);
    if (look.won.length > 0) return { deliveries: await answer(deps, view, look.won), nextDueAtMs: look.nextDueAtMs };
    nextDueAtMs = earlierOf(nextDueAtMs, look.nextDueAtMs);
  }
  return { deliveries: [], nextDueAtMs };
}

/** Beside the main chain those that may have something; from a random one on, so that none starves another. */
function inTurn(deps: Deps, served: readonly Served[]): readonly Served[] {
  if (served.length <= 1) return served;
  const nowMs = deps.system.now();
  const awake = served.filter(({ chain, side }) => !side || nowMs >= (deps.memory.readers.get(chain.id)?.quietUntilMs ?? nowMs));
  const start = Math.floor(deps.system.random() * awake.length);
  return [...awake.slice(start), ...awake.slice(0, start)];
}

async function lookIntoChain(deps: Deps, view: QueueView, served: Served, request: PullRequest): Promise<Look> {
  const memory = deps.memory.readers.getOrPut(served.chain.id, readerMemory);
  const pull = await pullFor(deps, view, served, memory, request);
  const [first, ...others] = pull ? await readersInTurn(deps, memory, view, served) : [];
  if (!pull) return { won: [], nextDueAtMs: undefined };

  if (served.side) await lookAtParked(deps, pull, memory, view);
  const isTidyTime = isSweepDue(memory, pull.nowMs);
  const look = first
    ? await inLine(deps.memory, lineOf(pull, first), () => lookOnce(deps, pull, memory, first, request))
    : await lookAtAlarms(deps, pull, memory, request);
  const won = look.won.length > 0 ? look.won : await claimFromOthers(deps, pull, memory, others, request.maxMessages);
  if (isTidyTime) await tidyInPassing(deps, view, served, memory, pull);
  const nextDueAtMs = isPassingOver(memory) ? pull.nowMs : look.nextDueAtMs;
  if (served.side) memory.quietUntilMs = won.length > 0 ? undefined : earlierOf(msAfter(pull.nowMs, timing.sidePauseMs), nextDueAtMs);
  return { won, nextDueAtMs };
}

/** There is more to look through, behind what is not for this group, or not for now: no reason to pause. */
const isPassingOver = ({ shards }: ReaderMemory): boolean => [...shards.values()].some(({ isPassing }) => isPassing);

async function lookAtParked(deps: Deps, pull: Pull, memory: ReaderMemory, { group: { generation } }: QueueView): Promise<void> {
  const { parkedLook } = memory;
  if (parkedLook?.generation === generation && pull.nowMs - parkedLook.atMs < timing.parkedLookMs) return;
  memory.parkedLook = { generation, atMs: pull.nowMs };
  await unparkBelow(deps, pull, false);
}

/** undefined: a selection whose rewind is not known any more. */
export async function pullFor(
  deps: Deps, view: QueueView, { chain, side }: Served, memory: ReaderMemory, { visibilityMs, answerBytesMax, select }: Omit<PullRequest, 'maxMessages'>,
): Promise<Pull | undefined> {
  const { incarnation, settings } = view.definition;
  const membership = membershipOf(view);
  const pull: Pull = {
    incarnation, chain, settings, nowMs: deps.system.now(), visibilityMs, answerBytesLeft: answerBytesMax,
    ...(select ? { select } : {}), ...(membership ? { membership } : {}),
  };
  if (!side) return pull;
  const boundOf = await boundsOf(deps, memory, view, side);
  if (side.kind === 'leftover') return { ...pull, boundOf };
  const admits = await selectionOf(deps, view, side, memory);
  return admits && { ...pull, boundOf, admits };
}

/** A chain may have no shard left to read, and still look after what was received or delayed. */
async function lookAtAlarms(deps: Deps, pull: Pull, memory: ReaderMemory, { maxMessages }: PullRequest): Promise<Look> {
  const alarms = await dueAlarms(deps, pull, memory);
  return { won: await takeAlarmed(deps, pull, memory, alarms.due, maxMessages), nextDueAtMs: alarms.nextDueAtMs };
}

/** Work for others to come, which somebody else will do if this one fails: no consumer fails by it. The queue may have been deleted meanwhile. */
async function tidyInPassing(deps: Deps, view: QueueView, { chain, side }: Served, memory: ReaderMemory, pull: Pull): Promise<void> {
  try {
    if (side) await finishSide(deps, view, side, memory, pull);
    else if (chain.id === view.group.chain.id) await tidyShards(deps, view, memory);
  } catch (error) {
    if (error instanceof CallerError) return;
    if (!(error instanceof StoreUnavailable)) throw error;
    deps.report(error);
  }
}

const lineOf = (pull: Pull, { shard }: ShardReader): string => `receive ${pull.chain.id} ${shard}`;

/** A part of the shards from a random one on: with many of them, a poll does not pay for all. */
async function readersInTurn(deps: Deps, memory: ReaderMemory, view: QueueView, served: Served): Promise<readonly ShardReader[]> {
  const shards = await shardsToRead(deps, memory, view, served);
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
  const won = [...again, ...fresh];
  // What was new was for nobody now: then the old ones need not have waited for it.
  const rest = won.length === 0 && share < maxMessages ? await takeAlarmed(deps, pull, memory, alarms.due, maxMessages) : [];
  return { won: [...won, ...rest], nextDueAtMs: alarms.nextDueAtMs };
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
 * What was won goes out only if the group's record, read at most a second ago, still serves the chain
 * that far. Otherwise it is left to fall due in the chain it was won in.
 */
async function answer(deps: Deps, view: QueueView, won: readonly Deliverable[]): Promise<readonly Delivery[]> {
  if (won.length === 0) return [];
  const { incarnation } = view.definition;
  for (let tries = 0; tries < bounds.slowReads; tries += 1) {
    const current = await viewOf(deps, incarnation, timing.groupAgeMs);
    const chains = current && chainsInForce(current.group, deps.system.now());
    if (!current || !chains) return [];
    const served = await stillServed(deps, current, servedOf(chains), won);
    // To learn how far it is served may have taken so long that it is not any more.
    const isStill = isNewest(deps, current) && chainsInForce(current.group, deps.system.now()) === chains;
    if (isStill) return deliver(deps, incarnation, served);
  }
  return [];
}

/** Nobody in this process knows better, and it was read lately. */
const isNewest = (deps: Deps, { definition: { incarnation }, group: { generation } }: QueueView): boolean =>
  viewAgeMs(deps, incarnation) <= timing.groupAgeMs && deps.memory.views.get(incarnation)?.value.group.generation === generation;

async function stillServed(deps: Deps, view: QueueView, served: readonly Served[], won: readonly Deliverable[]): Promise<readonly Deliverable[]> {
  const [chainId] = won.map(({ lease }) => lease.chain);
  const now = served.find(({ chain }) => chain.id === chainId);
  if (!now?.side) return now ? won : [];
  const boundOf = await boundsOf(deps, deps.memory.readers.getOrPut(now.chain.id, readerMemory), view, now.side);
  return won.filter(({ lease, position }) => lease.first + position < boundOf(lease.shard));
}
