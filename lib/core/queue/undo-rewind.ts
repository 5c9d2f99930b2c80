import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { boundIn, narrowed, reachBelow, retirementsOf, type Retirements } from '../group/reach.ts';
import { listRetired } from '../group/served-chains.ts';
import type { RewindRecord } from '../ports/job-table.ts';
import type { Chains, QueueView, Reach, SideChain } from '../ports/queue-table.ts';
import type { Offset } from '../position.ts';
import { logOf } from '../subscription.ts';
import { lasting, type Switch, switchChain } from './switch-chain.ts';
import { viewByName } from './view.ts';

export interface UndoRequest {
  readonly name: string;
  readonly rewindId: string;
  readonly requestedBy?: string;
}

/**
 * Return to the chains before a rewind or a purge: what was settled there stays settled; what arrived, and
 * was settled, since comes again. Of a selective rewind: what it has not handed out yet stays settled, and
 * what consumers hold is handed out to nobody else. Only the newest one can be undone, then the one before it.
 * @throws CallerError `queueNotFound`, `rewindNotFound`, `rewindNotUndoable`, `queueIsChanging`
 */
export async function undoRewind(deps: Deps, request: UndoRequest): Promise<RewindRecord> {
  const { group } = await viewByName(deps, request.name, 0);
  await rewindNamed(deps, group.incarnation, request);
  return switchChain(deps, request.name, (view) => planUndo(deps, request, view));
}

async function rewindNamed(deps: Deps, incarnation: string, { name, rewindId }: UndoRequest): Promise<RewindRecord> {
  const record = /^[0-9A-Za-z]{1,40}$/.test(rewindId) ? await deps.jobs.readRewind(incarnation, rewindId) : undefined;
  if (!record) throw new CallerError('rewindNotFound', `there is no rewind ${rewindId.slice(0, 64)} of ${name}`, { queue: name, rewindId: rewindId.slice(0, 64) });
  return record;
}

async function planUndo(deps: Deps, request: UndoRequest, view: QueueView): Promise<Switch> {
  const record = await rewindNamed(deps, view.definition.incarnation, request);
  const chains = await chainsAfter(deps, view, record);
  const { requestedBy } = request;
  const inForce = new Set([chains.chain.id, ...chains.sides.map((side) => side.chain.id)]);
  return {
    record: { kind: 'undo', undoes: record.rewindId, ...(requestedBy === undefined ? {} : { requestedBy }) },
    chains, keepsPrevious: true, purged: view.group.purged.filter((id) => !inForce.has(id)),
  };
}

async function chainsAfter(deps: Deps, view: QueueView, { kind, rewindId, before }: RewindRecord): Promise<Chains> {
  const { group, definition: { name } } = view;
  const isNewest = group.rewindId === rewindId && kind !== 'undo';
  if (isNewest) return { ...before, sides: await sidesAfter(deps, view, kind, before) };
  const isServed = (side: SideChain): boolean => side.kind === 'selection' && side.rewindId === rewindId && side.finishedAtMs === undefined;
  if (!group.sides.some(isServed)) {
    throw new CallerError('rewindNotUndoable', `rewind ${rewindId} of ${name} is finished, or not in effect any more, or another came after it: only the newest is undone`, {
      queue: name, rewindId, ...(group.rewindId === undefined ? {} : { newest: group.rewindId }),
    });
  }
  const { chain, sides, rewindId: main } = group;
  const undone = (side: SideChain): SideChain => ({ ...side, finishedAtMs: deps.system.now(), isUndone: true });
  return { chain, sides: sides.map((side) => (isServed(side) ? undone(side) : side)), ...(main === undefined ? {} : { rewindId: main }) };
}

/** Those of before, but for what was undone since, and the selections that were made since. */
async function sidesAfter(deps: Deps, { group, definition: { incarnation } }: QueueView, kind: RewindRecord['kind'], before: Chains): Promise<readonly SideChain[]> {
  const asNow = new Map(group.sides.map((side) => [side.chain.id, side]));
  const older = before.sides.map((side): SideChain => {
    const { finishedAtMs, isUndone } = asNow.get(side.chain.id) ?? side;
    return isUndone && finishedAtMs !== undefined ? { ...side, finishedAtMs, isUndone } : side;
  });
  const known = new Set(before.sides.map(({ chain }) => chain.id));
  const newer = group.sides.filter((side) => side.kind === 'selection' && !known.has(side.chain.id));
  const retirements = retirementsOf(await listRetired(deps, logOf(incarnation), 0));
  // Below the start of a rewind it was the same chains all the time; a purge has left none.
  const kept = kind === 'purge' ? NOTHING : reachBelow(group.chain);
  return lasting(deps, [...older, ...newer.flatMap((side) => throughUndo(deps, side, kept, retirements))], before.rewindId);
}

const NOTHING: Reach = { until: {}, wholeThrough: -1, whole: [] };

/**
 * A selection goes on where the owners of the messages stay the same. Elsewhere it begins again, as another
 * chain: what it has handed out may be another chain's to deliver now.
 */
function throughUndo(deps: Deps, side: SideChain, kept: Reach, retirements: Retirements): readonly SideChain[] {
  const { chain, reach, finishedAtMs } = side;
  const begins = Object.entries(reach.until).map(([shard]): [string, Offset] => [shard, Math.max(chain.starts[shard] ?? 0, boundIn(kept, shard, retirements))]);
  const again: SideChain = { ...side, chain: { ...chain, id: deps.system.newId(), starts: Object.fromEntries(begins) } };
  return [{ ...side, reach: narrowed(reach, kept, retirements) }, ...(finishedAtMs === undefined ? [again] : [])].filter(hasSomething);
}

const hasSomething = ({ chain: { starts }, reach: { until } }: SideChain): boolean =>
  Object.entries(until).some(([shard, end]) => (starts[shard] ?? 0) < end);
