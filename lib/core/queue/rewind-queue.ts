import type { Deps } from '../deps.ts';
import { isNothing, narrowed, reachBelow, retirementsOf, type Retirements } from '../group/reach.ts';
import { listRetired } from '../group/served-chains.ts';
import type { RewindRecord } from '../ports/job-table.ts';
import type { Group, QueueView, Reach, SideChain } from '../ports/queue-table.ts';
import { logOf } from '../subscription.ts';
import type { EpochMs } from '../time.ts';
import { chainStart, type ChainStart } from './chain-starts.ts';
import { type RewindRequest, windowOf } from './rewind-window.ts';
import { startSelection } from './select-messages.ts';
import { lasting, refuseTooMany, type Switch, switchChain } from './switch-chain.ts';
import { viewByName } from './view.ts';

/**
 * Consume again. Without `to` and filter: everything from the start on comes again, settled or not, in
 * about the order it was produced; what was unsettled below the start goes on beside it. It takes effect
 * a few seconds later, until when consumers go on as before. With `to` or a filter: what it lets through
 * and is settled comes again beside the live queue, which is not touched.
 * @throws CallerError `queueNotFound`, `queueIsChanging`, `tooManyRewinds`, and what `windowOf` throws
 */
export async function rewindQueue(deps: Deps, request: RewindRequest): Promise<RewindRecord> {
  if (request.toMs !== undefined || request.filter) return startSelection(deps, request);
  await windowOf(deps, await viewByName(deps, request.name, 0), request);
  return switchChain(deps, request.name, (view, rewindId) => planRewind(deps, request, view, rewindId));
}

async function planRewind(
  deps: Deps, request: RewindRequest, view: QueueView, rewindId: string,
): Promise<Switch> {
  const { from } = await windowOf(deps, view, request);
  const retired = await listRetired(deps, logOf(view.definition.incarnation), 0);
  const start = await chainStart(deps, view, retired, from);
  const { requestedBy } = request;
  return {
    record: { kind: 'rewind', fromMs: from.atMs, ...(requestedBy === undefined ? {} : { requestedBy }) },
    chains: { chain: { id: deps.system.newId(), ...start }, sides: sidesBelow(deps, view.group, start, retirementsOf(retired), rewindId), rewindId },
    keepsPrevious: true,
    purged: view.group.purged,
  };
}

/** Everything that is in force goes on below the new start. */
function sidesBelow(deps: Deps, { chain, sides }: Group, start: ChainStart, retirements: Retirements, rewindId: string): readonly SideChain[] {
  const reach = reachBelow(start);
  const left = lasting(deps, sides).map((side) => withReach(side, narrowed(side.reach, reach, retirements)));
  const all: readonly SideChain[] = [...left, { kind: 'leftover', chain, reach, rewindId }];
  const open = all.filter((side) => !isNothing(side.reach, retirements));
  refuseTooMany(open);
  // One with nothing left is kept as long as its receipt handles may come: they are refused, not unknown.
  return all.map((side) => (open.includes(side) ? side : finished(side, deps.system.now())));
}

const withReach = (side: SideChain, reach: Reach): SideChain => ({ ...side, reach });

const finished = (side: SideChain, nowMs: EpochMs): SideChain => ({ ...side, finishedAtMs: side.finishedAtMs ?? nowMs });
