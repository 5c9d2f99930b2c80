import { ascendingId } from '../ascending-id.ts';
import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { sealWherever } from '../log/seal.ts';
import type { RewindRecord } from '../ports/job-table.ts';
import type { Chains, Group, QueueView, SideChain } from '../ports/queue-table.ts';
import { wakePush } from '../push/wake-push.ts';
import { historySeconds } from '../queue.ts';
import { epochMs, msAfter, secondsAfter } from '../time.ts';
import { bounds, DAY_MS, timing } from '../timing.ts';
import { newShard, retireDelayShards } from './ready-lane.ts';
import { rememberGroup, viewByName } from './view.ts';

/** What a purge, a rewind or an undo makes of the chains, and what is told of it. */
export interface Switch {
  readonly record: Pick<RewindRecord, 'kind' | 'fromMs' | 'toMs' | 'filter' | 'undoes' | 'requestedBy'>;
  readonly chains: Chains;
  /** Until the effective time what was in force stays so; after a purge nothing is. */
  readonly keepsPrevious: boolean;
  readonly purged: readonly string[];
}

export type PlanSwitch = (view: QueueView, rewindId: string) => Promise<Switch>;

/** How long one can still be asked about after the history that it concerns has ended. */
const RECORD_KEPT_MS = 30 * DAY_MS;

/**
 * Put another main chain in force: one conditional write, whatever the backlog. Before it the shards of
 * delayed messages, which belong to the chain that is left, are noted for others to find and sealed; a
 * crash at any point leaves them so, and senders go on in new ones.
 * @throws CallerError `queueNotFound`; `queueIsChanging` while another takes effect, or got in first
 */
export async function switchChain(deps: Deps, name: string, plan: PlanSwitch): Promise<RewindRecord> {
  let generation: number | undefined;
  for (let tries = 0; tries < bounds.conditionalTries; tries += 1) {
    const startedAtMs = deps.system.now();
    const seen = await viewByName(deps, name, 0);
    refuseIfChanging(deps, seen, name, generation);
    ({ generation } = seen.group);
    await noteDone(deps, seen.group);
    const view = await withDelayShardsNoted(deps, seen);
    const rewindId = ascendingId(deps.system);
    const planned = await plan(view, rewindId);
    const record = await putRecord(deps, view, rewindId, planned.record);
    await sealDelayShards(deps, view);
    const next = nextGroup(deps, view.group, planned, record);
    const put = await deps.queues.replaceGroup(next, view.group.writeId);
    if (put.kind === 'landed') {
      rememberGroup(deps, next, startedAtMs);
      if (view.definition.subscription?.push) await wakePush(deps, next.incarnation);
      return { ...record, effectiveAtMs: next.effectiveAtMs };
    }
  }
  throw new CallerError('queueIsChanging', `others change ${name} at the same time; try again`, { queue: name });
}

/** A subscription has none of its own: it reads those of its topic as it reads all. */
async function withDelayShardsNoted(deps: Deps, view: QueueView): Promise<QueueView> {
  const { incarnation, delayShards, chain } = view.group;
  if (delayShards.length === 0) return view;
  return { ...view, definition: await retireDelayShards(deps, incarnation, delayShards, chain.id) };
}

/** @throws CallerError `queueIsChanging` */
export function refuseIfChanging(deps: Deps, { group }: QueueView, name: string, generation: number | undefined = group.generation): void {
  if (deps.system.now() >= group.effectiveAtMs && group.generation === generation) return;
  throw new CallerError('queueIsChanging', `another purge or rewind of ${name} takes effect in a moment; try again after it`, { queue: name });
}

/** The record of the newest change is put before it: that it took place is known for certain only here. */
export async function noteDone(deps: Deps, group: Group): Promise<void> {
  const { incarnation, changeId } = group;
  const record = changeId === undefined ? undefined : await deps.jobs.readRewind(incarnation, changeId);
  if (record && !record.isDone) await deps.jobs.putRewind(doneAs(record, group));
}

/** It takes effect some time after the group's write, not after the record's. */
export const doneAs = (record: RewindRecord, { effectiveAtMs }: Group): RewindRecord =>
  ({ ...record, isDone: true, ...(record.kind === 'selection' ? {} : { effectiveAtMs }) });

export async function putRecord(
  deps: Deps, { definition, group }: QueueView, rewindId: string, record: Switch['record'], delayMs: number = timing.effectiveDelayMs,
): Promise<RewindRecord> {
  const nowMs = deps.system.now();
  const { chain, sides, rewindId: before } = group;
  const put: RewindRecord = {
    ...record, incarnation: definition.incarnation, rewindId, requestedAtMs: nowMs, effectiveAtMs: msAfter(nowMs, delayMs),
    before: { chain, sides, ...(before === undefined ? {} : { rewindId: before }) }, isDone: false,
    removableAtMs: secondsAfter(epochMs(nowMs + RECORD_KEPT_MS), historySeconds(definition.settings)),
  };
  await deps.jobs.putRewind(put);
  return put;
}

const sealDelayShards = async (deps: Deps, { definition: { incarnation: log, settings }, group }: QueueView): Promise<void> => {
  await Promise.all(group.delayShards.map(({ id, bornAtMs }) =>
    sealWherever(deps, { log, shard: id, bornAtMs, reason: 'purged', retentionSeconds: historySeconds(settings) })));
};

function nextGroup(deps: Deps, group: Group, { chains, keepsPrevious, purged }: Switch, { rewindId }: RewindRecord): Group {
  const { incarnation, generation, chain, sides, rewindId: before } = group;
  const previous: Chains = { chain, sides, ...(before === undefined ? {} : { rewindId: before }) };
  return {
    incarnation, generation: generation + 1, ...chains, ...(keepsPrevious ? { previous } : {}),
    effectiveAtMs: msAfter(deps.system.now(), timing.effectiveDelayMs), delayShards: group.delayShards.length > 0 ? [newShard(deps)] : [],
    purged: purged.slice(-bounds.purgedChains), changeId: rewindId, writeId: deps.system.newId(),
  };
}

/**
 * Side chains that a new state takes along: of the finished ones those whose receipt handles may still come,
 * the newest of what rewinds have left, since selections ask them what became of their messages; and an undone
 * one that is older than the main chain's rewind `main`, whose undo must not bring it back.
 */
export function lasting(deps: Deps, sides: Chains['sides'], main?: string): Chains['sides'] {
  const asked = new Set(sides.filter(({ kind, finishedAtMs }) => kind === 'leftover' && finishedAtMs !== undefined).slice(-bounds.finishedLeftovers));
  return sides.filter((side) => {
    const { finishedAtMs, isUndone = false, rewindId } = side;
    return finishedAtMs === undefined || deps.system.now() - finishedAtMs < timing.finishedSideMs || asked.has(side) || (isUndone && main !== undefined && rewindId < main);
  });
}

/** @throws CallerError `tooManyRewinds` */
export function refuseTooMany(sides: readonly SideChain[]): void {
  const unfinished = sides.filter(({ finishedAtMs }) => finishedAtMs === undefined);
  if (unfinished.length <= bounds.sidesMax) return;
  throw new CallerError('tooManyRewinds', `what was left by ${unfinished.length - 1} rewinds is still being worked off, ${bounds.sidesMax} are allowed: undo one, or let consumers go on`, {
    max: bounds.sidesMax, unit: 'rewinds',
  });
}
