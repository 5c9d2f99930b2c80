import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import type { RewindRecord } from '../ports/job-table.ts';
import type { Chains, QueueView } from '../ports/queue-table.ts';
import { lasting, type Switch, switchChain } from './switch-chain.ts';
import { viewByName } from './view.ts';

export interface UndoRequest {
  readonly name: string;
  readonly rewindId: string;
  readonly requestedBy?: string;
}

/**
 * Return to the chains before a rewind or a purge: what was settled there stays settled; what arrived, and
 * was settled, since comes again. Of a selective rewind: what it has not handed out yet stays settled.
 * Only the newest one can be undone, then the one before it.
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
  const chains = chainsAfter(deps, view, record);
  const { requestedBy } = request;
  const inForce = new Set([chains.chain.id, ...chains.sides.map((side) => side.chain.id)]);
  return {
    record: { kind: 'undo', undoes: record.rewindId, ...(requestedBy === undefined ? {} : { requestedBy }) },
    chains, keepsPrevious: true, purged: view.group.purged.filter((id) => !inForce.has(id)),
  };
}

function chainsAfter(deps: Deps, { group, definition: { name } }: QueueView, { kind, rewindId, before }: RewindRecord): Chains {
  const isNewest = group.rewindId === rewindId && kind !== 'undo';
  if (isNewest) return { ...before, sides: lasting(deps, before.sides) };
  const isServed = group.sides.some((side) => side.kind === 'selection' && side.rewindId === rewindId);
  if (!isServed) {
    throw new CallerError('rewindNotUndoable', `rewind ${rewindId} of ${name} is not in effect any more, or another came after it: only the newest is undone`, {
      queue: name, rewindId, ...(group.rewindId === undefined ? {} : { newest: group.rewindId }),
    });
  }
  const { chain, sides, rewindId: main } = group;
  return { chain, sides: sides.filter((side) => side.rewindId !== rewindId || side.kind !== 'selection'), ...(main === undefined ? {} : { rewindId: main }) };
}
