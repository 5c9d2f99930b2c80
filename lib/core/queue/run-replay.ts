import type { Deps } from '../deps.ts';
import { messageBytes, type MessageContent } from '../message.ts';
import type { ReplayJob } from '../ports/job-table.ts';
import { type EpochMs, epochMs, latest } from '../time.ts';
import { bounds, timing } from '../timing.ts';
import type { Turn, TurnEnd } from './job-turn.ts';
import { appendBatch, finishLastBatch } from './replay-append.ts';
import { copiesOf, type Copy, sourceOf } from './replay-copies.ts';
import { batchMax, dueAt, withBeginning } from './replay-pace.ts';
import { isTurnOver, isUnsavedForLong, jobAfter, type Reaches, type ReplayRun, ReplayStops, saveRun } from './replay-run.ts';
import { partsInOrder, type WindowPart } from './replay-window.ts';

/**
 * Go on with a replay until it ends, its turn is over, or the next copy is due much later. One runner
 * at a time: it claims the job for a while, and renews that with what it stores.
 *
 *   look at messages in order ──> gather a batch ──> note its place ──> append it ──> (progress is
 *        ^                             │                                stored with the next note)
 *        └──── sleep until the next is due <──────────────────────────────────┘
 */
export async function runReplay(
  deps: Deps, { incarnation, replayId, turn }: { readonly incarnation: string; readonly replayId: string; readonly turn: Turn },
): Promise<TurnEnd> {
  const job = await deps.jobs.readReplay(incarnation, replayId);
  if (!job || job.state !== 'running' || job.runnerUntilMs > deps.system.now()) return ended;
  const run: ReplayRun = { deps, turn, job };
  try {
    await saveRun(run);
    await finishLastBatch(run);
    return await copyWindow(run);
  } catch (error) {
    if (!(error instanceof ReplayStops)) throw error;
    if (error.why !== 'notOurs') await end(run, { state: 'failed', failure: error.why });
    return ended;
  }
}

const ended: TurnEnd = { kind: 'ended' };

/** Whoever cancelled it, or took it over, before this was stored has the last word. */
async function end(run: ReplayRun, change: Pick<ReplayJob, 'state' | 'failure'>): Promise<void> {
  try {
    await saveRun(run, { ...change, runnerUntilMs: epochMs(0) });
  } catch (error) {
    if (!(error instanceof ReplayStops)) throw error;
  }
}

/** What is gathered for the next append, and how far the looking has come with it. */
interface Gathered {
  readonly copies: MessageContent[];
  readonly reaches: Reaches;
  bytes: number;
  reachedAtMs: EpochMs;
  begunAtMs: EpochMs;
}

const nothingGathered = (): Gathered => ({ copies: [], reaches: {}, bytes: 0, reachedAtMs: epochMs(0), begunAtMs: epochMs(0) });

interface Copying {
  readonly run: ReplayRun;
  gathered: Gathered;
}

async function copyWindow(run: ReplayRun): Promise<TurnEnd> {
  const copying: Copying = { run, gathered: nothingGathered() };
  const { definition } = await sourceOf(run);
  for await (const part of partsInOrder(run.deps, definition, run.job.left)) {
    const later = await copyPart(copying, part);
    if (later) return later;
    if (!isTurnOver(run) && !isUnsavedForLong(run)) continue;
    await flush(copying);
    if (isTurnOver(run)) return handOver(run, run.job.notBeforeMs);
    await saveRun(run);
  }
  await flush(copying);
  run.job = { ...run.job, left: {} };
  await end(run, { state: 'completed' });
  return ended;
}

async function copyPart(copying: Copying, part: WindowPart): Promise<TurnEnd | undefined> {
  for (const copy of await copiesOf(copying.run, part)) {
    if (!hasRoom(copying, part, copy)) await flush(copying);
    const later = await beginBatch(copying, part, copy);
    if (later) return later;
    const { gathered } = copying;
    gathered.copies.push(copy.content);
    gathered.bytes += messageBytes(copy.content);
    reach(gathered, part, copy.offset + 1);
  }
  reach(copying.gathered, part, part.end);
  return undefined;
}

/** A batch takes what was due when it began, as far as it fits. */
function hasRoom({ run: { job }, gathered: { copies, bytes, begunAtMs } }: Copying, { segment }: WindowPart, { content }: Copy): boolean {
  if (copies.length === 0) return true;
  return copies.length < batchMax(job) && bytes + messageBytes(content) <= bounds.replayBatchBytes
    && dueAt({ ...job, notBeforeMs: epochMs(0) }, segment.enqueuedAtMs) <= begunAtMs;
}

/** Before the first message of a batch, everything in front of it counts as done. */
async function beginBatch(copying: Copying, part: WindowPart, { offset }: Copy): Promise<TurnEnd | undefined> {
  const { run, gathered } = copying;
  if (gathered.copies.length > 0) return undefined;
  reach(gathered, part, offset);
  await flush(copying);
  const later = await waitUntilDue(run, part);
  if (later) return later;
  copying.gathered.begunAtMs = run.deps.system.now();
  run.job = withBeginning(run.job, part.segment.enqueuedAtMs, copying.gathered.begunAtMs);
  return undefined;
}

async function flush(copying: Copying): Promise<void> {
  const { run, gathered } = copying;
  if (gathered.copies.length > 0) await appendBatch(run, gathered);
  else run.job = jobAfter(run.job, { ...gathered, copies: 0 });
  copying.gathered = nothingGathered();
}

function reach(gathered: Gathered, { segment: { shard, enqueuedAtMs }, from }: WindowPart, offset: number): void {
  gathered.reaches[shard] = offset;
  if (offset > from) gathered.reachedAtMs = latest(gathered.reachedAtMs, enqueuedAtMs);
}

/** Sleeps until the next copy may go; for what is due much later, or after the turn, the job is handed over. */
async function waitUntilDue(run: ReplayRun, { segment }: WindowPart): Promise<TurnEnd | undefined> {
  const { deps, turn } = run;
  const atMs = dueAt(run.job, segment.enqueuedAtMs);
  const pauseMs = atMs - deps.system.now();
  if (pauseMs <= 0) return undefined;
  if (pauseMs > timing.replaySleepMs || atMs > turn.untilMs) return handOver(run, atMs);
  if (pauseMs > timing.jobProgressMs / 2) await saveRun(run, { runnerUntilMs: epochMs(atMs + timing.jobRunnerMs) });
  await deps.system.sleep(pauseMs, turn.signal);
  return turn.signal?.aborted ? handOver(run, atMs) : undefined;
}

async function handOver(run: ReplayRun, atMs: EpochMs): Promise<TurnEnd> {
  await saveRun(run, { notBeforeMs: atMs, runnerUntilMs: epochMs(0) });
  return { kind: 'goesOn', atMs };
}
