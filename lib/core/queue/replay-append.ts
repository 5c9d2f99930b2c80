import { CallerError } from '../errors.ts';
import { readableContents } from '../group/read-log.ts';
import { appendToLog, type AppendTarget } from '../log/append.ts';
import { isSeal } from '../log/segment.ts';
import type { MessageContent } from '../message.ts';
import type { ReplayBatch } from '../ports/job-table.ts';
import type { Segment } from '../ports/log-table.ts';
import type { QueueView } from '../ports/queue-table.ts';
import { wakeSleepers } from '../process-memory.ts';
import { historySeconds } from '../queue.ts';
import type { EpochMs } from '../time.ts';
import { timing } from '../timing.ts';
import { nextNotBefore } from './replay-pace.ts';
import { copiesOf, type Copy, sourceOf } from './replay-copies.ts';
import { jobAfter, type Reaches, type ReplayRun, ReplayStops, saveRun, stretchesOf } from './replay-run.ts';
import { partsInOrder } from './replay-window.ts';
import { readyLane } from './ready-lane.ts';
import { viewOf } from './view.ts';

/** What goes to the target by one append. */
export interface Batch {
  readonly copies: readonly MessageContent[];
  readonly reaches: Readonly<Reaches>;
  readonly reachedAtMs: EpochMs;
  readonly begunAtMs: EpochMs;
}

/**
 * Append a batch to the target, once: before a place is tried it is noted in the job, so whoever goes
 * on after a crash looks there first.
 * @throws ReplayStops
 */
export async function appendBatch(run: ReplayRun, batch: Batch, noted?: AppendTarget): Promise<void> {
  const { deps } = run;
  const target = await targetOf(run);
  const { incarnation, settings } = target.definition;
  const { copies, reaches, reachedAtMs, begunAtMs } = batch;
  let place = noted;
  let landed = copies.length;
  const note = ({ shard, base }: AppendTarget): ReplayBatch =>
    ({ shard, base, notedAtMs: deps.system.now(), copies: copies.length, reaches, reachedAtMs });
  try {
    await appendToLog(deps, readyLane(deps, target), {
      appendId: deps.system.newId(), messages: copies, retentionSeconds: historySeconds(settings), inlineSegmentBytes: settings.inlineSegmentBytes,
      async beforePut(wished) {
        const chosen = place ?? wished;
        await saveRun(run, { batch: note(chosen) });
        return chosen;
      },
      async afterRefusal(found) {
        if (place && await isOfThisReplay(run, found)) throw new LandedBefore(found.count);
        place = undefined;
      },
    });
  } catch (error) {
    if (error instanceof CallerError && error.kind === 'queueNotFound') throw new ReplayStops('targetDeleted');
    if (!(error instanceof LandedBefore)) throw error;
    landed = error.count;
  }
  wakeSleepers(deps.memory, incarnation);
  run.job = { ...jobAfter(run.job, { copies: landed, reaches, reachedAtMs }), notBeforeMs: nextNotBefore(run.job, landed, begunAtMs) };
}

async function targetOf({ deps, job: { targetIncarnation } }: ReplayRun): Promise<QueueView> {
  const target = await viewOf(deps, targetIncarnation, timing.groupAgeMs);
  if (!target) throw new ReplayStops('targetDeleted');
  return target;
}

/** The runner that noted a place was standing still, and has put its batch there after all. */
class LandedBefore extends Error {
  override readonly name = 'LandedBefore';
  readonly count: number;

  constructor(count: number) {
    super('the batch has landed before');
    this.count = count;
  }
}

/**
 * The batch that another runner had noted: did it land? When nothing is in its place, that runner may
 * still be about to put it there, so the same batch goes to the same place, which takes only one.
 * @throws ReplayStops
 */
export async function finishLastBatch(run: ReplayRun): Promise<void> {
  const { deps, job } = run;
  const { batch, targetIncarnation: log } = job;
  if (!batch) return;
  await targetOf(run);
  const { shard, base, reaches, reachedAtMs, notedAtMs } = batch;
  const found = await deps.log.segmentAt({ log, shard }, base);
  const begunAtMs = deps.system.now();
  if (found?.base === base) {
    const hasLanded = await isOfThisReplay(run, found);
    run.job = hasLanded ? { ...jobAfter(job, { ...batch, copies: found.count }), notBeforeMs: nextNotBefore(job, found.count, begunAtMs) } : withoutBatch(run);
    return;
  }
  // Nobody stands still for so long; and TTL may have emptied the place (storage-breaks.md B1).
  if (deps.system.now() - notedAtMs > timing.notedPlaceMs) {
    run.job = withoutBatch(run);
    return;
  }
  const copies = await copiesUpTo(run, batch);
  if (copies.length > 0) await appendBatch(run, { copies, reaches, reachedAtMs, begunAtMs }, { shard, base });
  else run.job = jobAfter(job, { copies: 0, reaches, reachedAtMs });
}

function withoutBatch({ job }: ReplayRun): ReplayRun['job'] {
  const { batch: _batch, ...rest } = job;
  return rest;
}

/** The same stretches as before; of their messages some may have expired, or become something else, since. */
async function copiesUpTo(run: ReplayRun, batch: ReplayBatch): Promise<readonly MessageContent[]> {
  const copies: Copy[] = [];
  const { definition } = await sourceOf(run);
  for await (const part of partsInOrder(run.deps, definition, stretchesOf(run.job, batch))) copies.push(...await copiesOf(run, part));
  return copies.map(({ content }) => content);
}

/** A place is noted for one batch alone: whatever of this replay is there is that batch. */
async function isOfThisReplay({ deps, job: { replayId } }: ReplayRun, found: Segment): Promise<boolean> {
  if (isSeal(found)) return false;
  const [first] = await readableContents(deps, found) ?? [];
  return first?.replay?.replayId === replayId;
}
