import type { Deps } from '../deps.ts';
import { CallerError, type CallerErrorKind } from '../errors.ts';
import type { Deliverable, Pull } from '../group/pull.ts';
import { pullFor } from '../group/receive.ts';
import { chainsInForce, type Served, servedOf } from '../group/served-chains.ts';
import { readerMemory } from '../group/reader-memory.ts';
import { settle } from '../group/settle.ts';
import { changeLease } from '../group/change-visibility.ts';
import { type ChainWalk, takeThroughout } from '../group/whole-chain.ts';
import { limits } from '../limits.ts';
import { appendToLog } from '../log/append.ts';
import type { Message, MessageContent } from '../message.ts';
import type { RedriveJob } from '../ports/job-table.ts';
import type { QueueView } from '../ports/queue-table.ts';
import { messageIdAt } from '../position.ts';
import { wakeSleepers } from '../process-memory.ts';
import { wakePush } from '../push/wake-push.ts';
import { historySeconds } from '../queue.ts';
import { logOf } from '../subscription.ts';
import { epochMs, msAfter } from '../time.ts';
import { DAY_MS, timing } from '../timing.ts';
import { changeDefinition } from './change-definition.ts';
import { notFound } from './names.ts';
import { readyLane } from './ready-lane.ts';
import { viewByName, viewOf } from './view.ts';

export interface RedriveProgress {
  /** In this step. */
  readonly moved: number;
  /** In this run so far: no origin known, or it is gone. */
  readonly skipped: number;
}

/** Messages moved at once. */
const STEP = 100;
/**
 * A step must be done within this. Well below the time for which a runner claims the job: whoever goes
 * on after a crash finds what the dead runner held due again.
 */
const HOLD_MS = timing.jobRunnerMs - 10_000;

interface Run extends ChainWalk {
  readonly job: RedriveJob;
  /** Ids of messages that stay where they are. */
  readonly skipped: Set<string>;
}

/**
 * One pass over all dead letters that were there when the job began: those never received, then those
 * that came back. What others hold at the moment stays. Each step takes some under the job's own id,
 * appends them where they belong, and settles them here, in that order.
 */
export async function* runSteps(deps: Deps, job: RedriveJob): AsyncGenerator<RedriveProgress> {
  const view = await viewOf(deps, job.incarnation, 0);
  if (!view) throw notFound(job.queue);
  const skipped = new Set<string>();
  for (const served of servedOf(chainsInForce(view.group, deps.system.now()) ?? view.group)) {
    const run = await runIn(deps, job, view, served, skipped);
    for await (const won of takeThroughout(run)) {
      yield { moved: await move(run, won), skipped: skipped.size };
    }
  }
  yield { moved: 0, skipped: skipped.size };
}

/** Dead letters of dead letters are not made on the way back. */
async function runIn(deps: Deps, job: RedriveJob, view: QueueView, served: Served, skipped: Set<string>): Promise<Run> {
  const memory = readerMemory();
  const { definition } = view;
  const request = { visibilityMs: HOLD_MS, answerBytesMax: limits.answerBytes.max, select: (message: Message) => isWanted(job, skipped, message) };
  const quiet = { ...view, definition: { ...definition, settings: withoutDeadLetters(definition.settings) } };
  const pull = await pullFor(deps, quiet, served, memory, request);
  if (!pull) throw new Error(`the record of rewind ${served.side?.rewindId} is gone`);
  return {
    deps, job, view, served, memory, skipped, step: STEP,
    pull: () => ({ ...pull, nowMs: deps.system.now() }), enqueuedUntilMs: () => job.startedAtMs,
  };
}

function withoutDeadLetters(settings: Pull['settings']): Pull['settings'] {
  const { deadLetter: _deadLetter, ...others } = settings;
  return others;
}

function isWanted(job: RedriveJob, skipped: Set<string>, { messageId, enqueuedAtMs, origin }: Message): boolean {
  const isMeant = enqueuedAtMs <= job.startedAtMs && (!job.messageIds || job.messageIds.includes(messageId)) && !skipped.has(messageId);
  if (isMeant && !origin && job.to === undefined) skipped.add(messageId);
  return isMeant && !skipped.has(messageId);
}

/** Append each to its target, then settle it here; what has no target any more is given back. */
async function move(run: Run, won: readonly Deliverable[]): Promise<number> {
  let moved = 0;
  for (const { queue, deliverables } of byTarget(run, won)) {
    const target = await targetView(run, queue, deliverables);
    if (target) {
      moved += await moveTo(run, target, deliverables);
    } else {
      for (const deliverable of deliverables) run.skipped.add(idOf(deliverable));
      await forEachHold(deliverables, (group, positions) => changeLease(run.deps, {
        key: group.lease, leaseId: group.hold.leaseId, secondsByPosition: new Map(positions.map((position) => [position, 0])),
      }));
    }
  }
  return moved;
}

const idOf = ({ lease: { shard, first }, position }: Deliverable): string => messageIdAt({ shard, offset: first + position });

/** Letters of two queues of one name, made one after the other, have two targets. */
function byTarget({ job }: Run, won: readonly Deliverable[]): Iterable<{ readonly queue: string; readonly deliverables: readonly Deliverable[] }> {
  const groups = new Map<string, { readonly queue: string; readonly deliverables: Deliverable[] }>();
  for (const deliverable of won) {
    const { origin } = deliverable.content;
    const name = job.to ?? `${origin?.queue} ${origin?.incarnation}`;
    const group = groups.get(name) ?? { queue: job.to ?? origin?.queue ?? '', deliverables: [] };
    groups.set(name, group);
    group.deliverables.push(deliverable);
  }
  return groups.values();
}

/** A queue of the same name that was made later is another one: it does not get what it never sent. */
async function targetView({ deps, job }: Run, queue: string, [first]: readonly Deliverable[]): Promise<QueueView | undefined> {
  try {
    const view = await viewByName(deps, queue, timing.groupAgeMs);
    const isOrigin = job.to !== undefined || view.definition.incarnation === first?.content.origin?.incarnation;
    return isOrigin ? view : undefined;
  } catch (error) {
    if (error instanceof CallerError && isGone.has(error.kind)) return undefined;
    throw error;
  }
}

const isGone: ReadonlySet<CallerErrorKind> = new Set(['queueNotFound', 'topicNotFound', 'subscriptionNotFound']);

/** Back to a subscription is into the log of its topic, for that one alone: the others had the message. */
async function moveTo({ deps }: Run, target: QueueView, deliverables: readonly Deliverable[]): Promise<number> {
  const { incarnation, subscription } = target.definition;
  const source = subscription ? await viewOf(deps, logOf(incarnation), timing.definitionAgeMs) : target;
  if (!source) return 0;
  if (subscription) await noteRedriven(deps, source);
  const { settings } = source.definition;
  const inTime = deliverables.filter(({ hold }) => deps.system.now() < hold.dueAtMs - timing.moverMarginMs);
  if (inTime.length === 0) return 0;
  await appendToLog(deps, readyLane(deps, source), {
    ...(subscription ? { recipient: incarnation } : {}),
    appendId: deps.system.newId(), messages: inTime.map(({ content }) => sentAgain(content)),
    retentionSeconds: historySeconds(settings), inlineSegmentBytes: settings.inlineSegmentBytes,
  });
  wakeSleepers(deps.memory, logOf(incarnation));
  if (subscription?.push) await wakePush(deps, incarnation);
  await forEachHold(inTime, ({ lease, hold }, positions) => settle(deps, {
    key: lease, leaseId: hold.leaseId, positions, range: hold.held.kind === 'range' ? hold.held : undefined,
  }));
  return inTime.length;
}

/** Before the first one: from then on the other subscriptions cannot count what is theirs by its offsets alone. */
async function noteRedriven(deps: Deps, { definition }: QueueView): Promise<void> {
  const isNoted = ({ redrivenAtMs = epochMs(0) }: QueueView['definition']): boolean => deps.system.now() < msAfter(redrivenAtMs, DAY_MS);
  if (isNoted(definition)) return;
  try {
    await changeDefinition(deps, definition.incarnation, (current) => (isNoted(current) ? undefined : { redrivenAtMs: deps.system.now() }));
  } catch (error) {
    // An estimate that is off is no reason to leave dead letters where they are.
    if (!(error instanceof CallerError)) throw error;
  }
}

/** A dead letter no more; a copy it remains. */
const sentAgain = ({ body, attributes, tags, routingKey, replay }: MessageContent): MessageContent =>
  ({ body, attributes, tags, ...(routingKey === undefined ? {} : { routingKey }), ...(replay ? { replay } : {}) });

async function forEachHold(
  deliverables: readonly Deliverable[], task: (one: Deliverable, positions: readonly number[]) => Promise<unknown>,
): Promise<void> {
  const groups = new Map<string, Deliverable[]>();
  for (const deliverable of deliverables) {
    const name = `${deliverable.lease.shard} ${deliverable.lease.first} ${deliverable.hold.leaseId}`;
    groups.set(name, [...groups.get(name) ?? [], deliverable]);
  }
  for (const group of groups.values()) {
    const [one] = group;
    if (one) await task(one, group.map(({ position }) => position).toSorted((a, b) => a - b));
  }
}
