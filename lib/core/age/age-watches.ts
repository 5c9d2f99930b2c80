import type { Deps } from '../deps.ts';
import type { AgeWatch, JobKey } from '../ports/job-table.ts';
import { inParallel } from '../queue/in-parallel.ts';
import { epochMs, msAfter } from '../time.ts';
import { timing } from '../timing.ts';

/** What a look for messages past their age is started with. */
export const ageJob = (incarnation: string): JobKey => ({ kind: 'age', incarnation, jobId: incarnation });

/**
 * Before a queue or a subscription gets such a policy: whoever looks after jobs then finds it, whatever becomes of the
 * one who sets it. Of one that came to nothing the next look takes the note away.
 */
export async function noteAgeWatch(deps: Deps, incarnation: string): Promise<void> {
  const nowMs = deps.system.now();
  await deps.jobs.putAgeWatch({ incarnation, notedAtMs: nowMs, runnerUntilMs: epochMs(0), dueAtMs: nowMs, writeId: deps.system.newId() });
}

/** After it has got one: a runner that knows only what was before stops, and another one begins. */
export async function startAgeWatch(deps: Deps, incarnation: string): Promise<void> {
  await noteAgeWatch(deps, incarnation);
  await deps.kickJob(ageJob(incarnation));
}

const PAGE_SIZE = 1000;

/** Start those that are due, or whose runner died: for whoever looks after jobs. One query where there are few, and where there is none. */
export async function resumeAgeWatches(deps: Deps): Promise<void> {
  let after: string | undefined;
  do {
    const page: readonly AgeWatch[] = await deps.jobs.listAgeWatches({ limit: PAGE_SIZE, ...(after === undefined ? {} : { after }) });
    await inParallel(page.filter((watch) => isOverdue(deps, watch)), ({ incarnation }) => deps.kickJob(ageJob(incarnation)));
    after = page.length < PAGE_SIZE ? undefined : page.at(-1)?.incarnation;
  } while (after !== undefined);
}

/** Read eventually, and by another clock: a runner that has only just come is not disturbed. */
function isOverdue(deps: Deps, { runnerUntilMs, dueAtMs }: AgeWatch): boolean {
  const nowMs = deps.system.now();
  return runnerUntilMs > 0 ? msAfter(runnerUntilMs, timing.clockSkewMs) < nowMs : dueAtMs <= nowMs;
}
