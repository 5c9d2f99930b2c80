import type { Deps } from '../deps.ts';
import { lookForOwn, type OffsetRun, type OwnLook, ownPart, ownWithin } from '../group/own-messages.ts';
import type { QueueView } from '../ports/queue-table.ts';
import { bounds } from '../timing.ts';
import { inParallel } from './in-parallel.ts';
import { partsOf } from './preview-parts.ts';
import type { Stretch } from './select-messages.ts';

/** How many messages of a run, within the stretch that was looked into, are the group's own. */
export type OwnCount = (run: OffsetRun) => number;

/**
 * Look into places all over a stretch, each of which stands for what follows it. The counts of two runs add up to
 * that of both together.
 */
export async function ownInStretch(deps: Deps, view: QueueView, stretch: Stretch): Promise<OwnCount> {
  const parts = partsOf(stretch, bounds.ownLooks);
  const every = Math.max(1, Math.ceil(parts.length / bounds.ownLooks));
  const chosen = parts.filter((_, at) => at % every === 0);
  const looks = new Map<OffsetRun, OwnLook>();
  // The fewer there are, the further.
  const segmentsMax = bounds.previewSegments * Math.floor(bounds.ownLooks / Math.max(1, chosen.length));
  await inParallel(chosen, async (part) => { looks.set(part, await lookForOwn(deps, view, part, { segmentsMax })); });
  const partElsewhere = ownPart([...looks.values()]) ?? 1;
  return ({ shard, first, end }) => parts.filter((part) => part.shard === shard).reduce((sum, part) => {
    const look = looks.get(part);
    const unseen = Math.max(0, Math.min(end, part.end) - Math.max(first, part.first));
    return sum + (look ? ownWithin(look, { first, end }) : unseen * partElsewhere);
  }, 0);
}
