import type { Deps } from '../deps.ts';
import type { JobKey, PushRecord } from '../ports/job-table.ts';
import { inParallel } from '../queue/in-parallel.ts';
import { epochMs, msAfter } from '../time.ts';
import { bounds, timing } from '../timing.ts';

/** What a runner of a subscription's pushes is started with. */
export const pushJob = (incarnation: string): JobKey => ({ kind: 'push', incarnation, jobId: incarnation });

/**
 * Something was published, or changed, that a push subscription is to see: tell its runner, or start one. To be
 * called after the write in question. One read where nobody runs it, and a write where somebody does.
 */
export async function wakePush(deps: Deps, incarnation: string): Promise<void> {
  for (let tries = 0; tries < bounds.conditionalTries; tries += 1) {
    const record = await deps.jobs.readPush(incarnation);
    // Held up by a rate, or by a confirmation that is still to come: it will be started then.
    const isHeldUp = record && !isLive(deps, record) && record.notBeforeMs > deps.system.now();
    if (isHeldUp) return;
    if (!record || !isLive(deps, record)) return deps.kickJob(pushJob(incarnation));
    if (await noteWake(deps, record)) return;
  }
  // Whoever keeps changing it may be at its end: starting one too many does no harm.
  await deps.kickJob(pushJob(incarnation));
}

export const isLive = (deps: Deps, { runnerUntilMs }: PushRecord): boolean => runnerUntilMs > deps.system.now();

/** False: somebody wrote it in between. */
export async function noteWake(deps: Deps, record: PushRecord): Promise<boolean> {
  const put = await deps.jobs.replacePush({ ...record, writeId: deps.system.newId() }, record.writeId);
  return put.kind === 'landed';
}

/** Ask for the confirmation at once, whatever was to be waited for: its endpoint, or what was known of it, has changed. */
export async function restartPush(deps: Deps, incarnation: string): Promise<void> {
  let record = await deps.jobs.readPush(incarnation);
  for (let tries = 0; record && tries < bounds.conditionalTries; tries += 1) {
    const put = await deps.jobs.replacePush({ ...record, notBeforeMs: epochMs(0), confirmationTries: 0, writeId: deps.system.newId() }, record.writeId);
    if (put.kind === 'landed') break;
    record = put.found;
  }
  await deps.kickJob(pushJob(incarnation));
}

const PAGE_SIZE = 1000;

/**
 * For the one process of a machine, when it begins: whoever ran pushes before it is gone, though their claims may
 * say otherwise for a while.
 */
export async function takeOverPushes(deps: Deps): Promise<void> {
  await eachPush(deps, async (record) => {
    if (isLive(deps, record)) await deps.jobs.replacePush({ ...record, runnerUntilMs: deps.system.now(), writeId: deps.system.newId() }, record.writeId);
    await deps.kickJob(pushJob(record.incarnation));
  });
}

/** Start those again whose runner died, and those that are due: for whoever looks after jobs. One query where few are at work. */
export const resumePushes = (deps: Deps): Promise<void> =>
  eachPush(deps, async (record) => {
    if (isOverdue(deps, record)) await deps.kickJob(pushJob(record.incarnation));
  });

async function eachPush(deps: Deps, task: (record: PushRecord) => Promise<void>): Promise<void> {
  let after: string | undefined;
  do {
    const page: readonly PushRecord[] = await deps.jobs.listPushes({ limit: PAGE_SIZE, ...(after === undefined ? {} : { after }) });
    await inParallel(page, task);
    after = page.at(-1)?.incarnation;
  } while (after !== undefined);
}

/** Read eventually, and by another clock: a runner that has only just come, or has gone, is not disturbed. */
function isOverdue(deps: Deps, { runnerUntilMs, dueAtMs, notBeforeMs }: PushRecord): boolean {
  const nowMs = deps.system.now();
  if (runnerUntilMs > 0) return msAfter(runnerUntilMs, timing.clockSkewMs) < nowMs;
  return dueAtMs <= nowMs && notBeforeMs <= nowMs;
}
