import type { ReplayJob } from '../../lib/core/ports/job-table.ts';
import { runJob } from '../../lib/housekeeping/run-job.ts';
import { deleteMessages } from '../../lib/core/queue/delete-messages.ts';
import { receiveMessages } from '../../lib/core/queue/receive-messages.ts';
import { runRedrive } from '../../lib/core/queue/redrive.ts';
import { leaseFromItem } from '../../lib/storage/items/lease-item.ts';
import { leaseRange } from '../../lib/storage/items/keys.ts';
import { holdsPosition } from '../../lib/core/group/holds.ts';
import { type Instance, InstanceDied } from './instance.ts';
import type { Entry } from './log-book.ts';
import { currentOwner } from './ownership.ts';
import { Violation } from './violation.ts';
import type { ReplayTruth, World } from './world.ts';

/** Time for what is still on its way to arrive. */
const SETTLE_MS = 30_000;
/** From when a message is there until a consumer that looks every second must have had it. */
const LATENESS_MS_MAX = 100_000;
const POLL_MS = 1000;
/** Until whoever died in the middle of a replay has lost it. */
const RUNNER_MS = 120_000;
const QUIET_POLLS = 3;
const JUMPS_MAX = 300;

/** When a consumer got something last: who works through a backlog is not late. */
interface Progress {
  atMs: number;
}

/**
 * After the last deed: no more faults, and consumers that take and delete whatever there is, jumping
 * from one due time to the next, until nothing is owed. What is then missing was lost.
 */
export async function drain(world: World): Promise<void> {
  const progress: Progress = { atMs: 0 };
  world.isCalm = true;
  world.table.calmDown();
  await world.scheduler.sleep(SETTLE_MS);
  const survivors = world.instances.filter(({ isDead }) => !isDead).slice(0, 1);
  const drainers = [world.newInstance(), ...survivors];
  for (const job of world.redrives.splice(0)) {
    await quietly(world, drainers[0]!, (instance) => instance.serve((deps) => runRedrive(deps, { ...job, untilMs: Number.POSITIVE_INFINITY })));
  }
  await finishReplays(world, drainers[0]!);
  progress.atMs = world.scheduler.nowMs;
  for (let jumps = 0; jumps < JUMPS_MAX && !world.violation; jumps += 1) {
    await pollUntilQuiet(world, drainers, progress);
    const nextMs = await nextAvailableMs(world);
    if (nextMs === undefined) break;
    await world.scheduler.sleep(Math.max(POLL_MS, nextMs - world.scheduler.nowMs + 1000));
  }
  await lookForGhosts(world, drainers, progress);
}

/** To their end; then each window is there as a whole, and nothing else. */
async function finishReplays(world: World, instance: Instance): Promise<void> {
  await world.scheduler.sleep(RUNNER_MS);
  for (const job of world.replays.splice(0)) {
    await quietly(world, instance, (one) => one.serve((deps) => runJob(deps, job, { untilMs: Number.POSITIVE_INFINITY })));
  }
  for (const [replayId, truth] of world.replayed) {
    const job = await quietly(world, instance, (one) => one.serve((deps) => deps.jobs.readReplay(truth.incarnation, replayId)));
    if (job) checkReplay(world, job, truth);
  }
}

function checkReplay(world: World, { replayId, state }: ReplayJob, { incarnation, fromMs, toMs, askedAtMs }: ReplayTruth): void {
  const { book, scheduler: { nowMs } } = world;
  const copies = book.copies.get(replayId) ?? new Set<string>();
  world.checked(7);
  for (const { messageId, log, shard, enqueuedAtMs, landedAtMs, expiresAtMs, availableFromMs } of book.entries.values()) {
    if (log !== incarnation) continue;
    const isInside = enqueuedAtMs >= fromMs && enqueuedAtMs < toMs && landedAtMs < askedAtMs;
    const historyMs = (book.incarnations.get(log)?.historySecondsMin ?? 0) * 1000;
    const isThere = nowMs < Math.min(expiresAtMs, availableFromMs + historyMs);
    if (state === 'completed' && isInside && isThere && !copies.has(messageId)) world.fail(new Violation(7, `replay ${replayId} did not copy ${messageId}`, [messageId, shard]));
    if (copies.has(messageId) && enqueuedAtMs < fromMs && landedAtMs < askedAtMs) world.fail(new Violation(7, `replay ${replayId} copied ${messageId}, from before its window`, [messageId, shard]));
  }
}

/** Whatever comes back later although it was settled. */
async function lookForGhosts(world: World, drainers: readonly Instance[], progress: Progress): Promise<void> {
  for (const pauseMs of [10_000, 150_000, 5_000_000]) {
    await world.scheduler.sleep(pauseMs);
    await pollUntilQuiet(world, drainers, progress);
  }
}

async function pollUntilQuiet(world: World, drainers: readonly Instance[], progress: Progress): Promise<void> {
  for (let quiet = 0; quiet < QUIET_POLLS && !world.violation;) {
    let got = 0;
    for (const drainer of drainers) {
      for (const queue of world.consumed) got += await takeAll(world, drainer, queue);
    }
    if (got > 0) progress.atMs = world.scheduler.nowMs;
    await checkOwed(world, progress);
    quiet = got > 0 || (await isOwedNow(world)) ? 0 : quiet + 1;
    await world.scheduler.sleep(POLL_MS);
  }
}

async function takeAll(world: World, drainer: Instance, queue: string): Promise<number> {
  return await quietly(world, drainer, async () => {
    const deliveries = await drainer.serve((deps) => receiveMessages(deps, { name: queue, maxMessages: 300, waitSeconds: 0 }));
    const holdings = world.ledger.delivered('drainer', drainer, deliveries);
    if (holdings.length === 0) return 0;
    const askedAtMs = world.scheduler.nowMs;
    for (const holding of holdings) world.ledger.deleteAsked(holding);
    const entries = holdings.map(({ receiptHandle }) => ({ receiptHandle }));
    const results = await drainer.serve((deps) => deleteMessages(deps, { name: queue, entries }));
    results.forEach(({ kind }, at) => {
      const holding = holdings[at];
      if (holding) world.ledger.deleteAnswered(holding, askedAtMs, kind === 'deleted' ? 'deleted' : 'stale');
    });
    return holdings.length;
  }) ?? 0;
}

async function quietly<T>(world: World, instance: Instance, request: (instance: Instance) => Promise<T>): Promise<T | undefined> {
  try {
    return await request(instance);
  } catch (error) {
    if (!(error instanceof InstanceDied)) world.reported(error);
    return undefined;
  }
}

/** A message that a chain has to deliver. */
interface Debt {
  readonly entry: Entry;
  readonly chain: string;
}

/** Messages that somebody still has to get: none of the reasons holds why a message may be gone. */
function owed(world: World): readonly Debt[] {
  const { book, ledger, scheduler: { nowMs } } = world;
  const isOwed = ({ entry, chain }: Debt): boolean => {
    if (entry.voidSince || ledger.mayBeSettled(entry.messageId, chain)) return false;
    return chain !== '' && nowMs < expiresAtMs(world, entry) && !isMovedOn(world, entry, chain) && book.subscriptions.belonging(entry) === 'yes';
  };
  const selected = [...book.ownership.selections.values()].flatMap(({ chain, owed: entries, isEnded }) =>
    (isEnded ? [] : [...entries].map((entry) => ({ entry, chain }))));
  return [...[...book.owable()].map((entry) => ({ entry, chain: currentOwner(entry) })), ...selected].filter(isOwed);
}

const expiresAtMs = ({ book }: World, { log, availableFromMs, expiresAtMs }: Entry): number =>
  Math.min(expiresAtMs, availableFromMs + (book.incarnations.get(log)?.historySecondsMin ?? 0) * 1000);

/** To the dead-letter queue, or back from it. */
function isMovedOn({ book }: World, entry: Entry, chain: string): boolean {
  if (book.isDeadLettered(entry.messageId, chain)) return true;
  return entry.content.origin !== undefined
    && (book.byToken.get(entry.token) ?? []).some((other) => other.log !== entry.log && other.landedAtMs > entry.landedAtMs);
}

async function isOwedNow(world: World): Promise<boolean> {
  for (const debt of owed(world)) {
    if (await availableAtMs(world, debt) <= world.scheduler.nowMs) return true;
  }
  return false;
}

/** When the next message that is owed can be had. */
async function nextAvailableMs(world: World): Promise<number | undefined> {
  let next: number | undefined;
  for (const debt of owed(world)) {
    const atMs = await availableAtMs(world, debt);
    next = next === undefined ? atMs : Math.min(next, atMs);
  }
  return next;
}

/** When it is due for the first time, or given back by whoever holds it, as the lease says. */
async function availableAtMs({ ledger, table }: World, { entry, chain }: Debt): Promise<number> {
  const range = leaseRange({ chain, shard: entry.shard }, { until: entry.offset });
  const [item] = await table.truth.query({ ...range, descending: true, limit: 1, consistent: true });
  const lease = item && leaseFromItem(item);
  const hold = lease && entry.offset < lease.end ? lease.holds.find(({ held }) => holdsPosition(held, entry.offset - lease.first)) : undefined;
  return Math.max(entry.availableFromMs, hold?.leaseId === '0' ? 0 : hold?.dueAtMs ?? 0, ledger.mayComeBackAtMs(entry.messageId));
}

async function checkOwed(world: World, progress: Progress): Promise<void> {
  const { scheduler: { nowMs } } = world;
  for (const debt of owed(world)) {
    const { entry, chain } = debt;
    const sinceMs = Math.max(progress.atMs, await availableAtMs(world, debt));
    world.checked(1);
    if (nowMs - sinceMs <= LATENESS_MS_MAX) continue;
    world.fail(new Violation(1, `${entry.messageId} (${entry.token}) was not delivered in chain ${chain} within ${LATENESS_MS_MAX / 1000} s, though it is neither deleted nor expired`,
      [entry.messageId, entry.shard]));
    return;
  }
}
