import type { Deps } from '../deps.ts';
import type { RewindRecord } from '../ports/job-table.ts';
import type { Group } from '../ports/queue-table.ts';
import { doneAs } from './switch-chain.ts';
import { viewByName } from './view.ts';

/**
 * `pending` until it takes effect, `inEffect` from then on; `finished` when a selection has handed out
 * everything; `followed` when another main chain came after it; `undone`.
 */
export type RewindState = 'pending' | 'inEffect' | 'finished' | 'followed' | 'undone';

export type ListedRewind = RewindRecord & { readonly state: RewindState };

const LISTED = 100;

/**
 * The newest hundred purges, rewinds and undos of a queue, newest first: who, when, from where.
 * @throws CallerError `queueNotFound`
 */
export async function listRewinds(deps: Deps, { name }: { readonly name: string }): Promise<readonly ListedRewind[]> {
  const { group } = await viewByName(deps, name, 0);
  const records = await deps.jobs.listRewinds(group.incarnation, LISTED);
  // One that is not done, and not the newest change, was put by somebody who died, or lost a race.
  const done = records.flatMap((record) => {
    if (record.rewindId === group.changeId) return [doneAs(record, group)];
    return record.isDone ? [record] : [];
  });
  const undone = new Set(done.map(({ undoes }) => undoes));
  return done.map((record) => withState(record, undone.has(record.rewindId) ? 'undone' : stateOf(deps, group, record)));
}

const withState = (record: RewindRecord, state: RewindState): ListedRewind => ({ ...record, state });

function stateOf(deps: Deps, group: Group, { kind, rewindId }: RewindRecord): RewindState {
  const isPending = deps.system.now() < group.effectiveAtMs && group.changeId === rewindId;
  if (isPending && kind !== 'selection') return 'pending';
  if (kind === 'undo') return 'inEffect';
  if (kind !== 'selection') return group.rewindId === rewindId ? 'inEffect' : 'followed';
  const sides = group.sides.filter((side) => side.kind === 'selection' && side.rewindId === rewindId);
  if (sides.length === 0) return 'followed';
  return sides.some(({ finishedAtMs }) => finishedAtMs === undefined) ? 'inEffect' : 'finished';
}
