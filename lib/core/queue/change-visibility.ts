import type { Deps } from '../deps.ts';
import { CallerError, StoreUnavailable } from '../errors.ts';
import { changeLease, type VisibilityOutcome } from '../group/change-visibility.ts';
import { type HandleGroup, sortHandles, staleHandle, undoneHandle } from '../group/held-by-handle.ts';
import { checkLimit } from '../limits.ts';
import { wakeSleepers } from '../process-memory.ts';
import { logOf } from '../subscription.ts';
import type { EpochMs } from '../time.ts';
import { timing } from '../timing.ts';
import { inParallel } from './in-parallel.ts';
import { viewByName } from './view.ts';

export interface VisibilityEntry {
  readonly receiptHandle: string;
  /** 0 gives it back. */
  readonly visibilityTimeoutSeconds: number;
}

export type VisibilityResult =
  | { readonly kind: 'changed'; readonly visibleAtMs: EpochMs }
  | { readonly kind: 'failed'; readonly error: CallerError | StoreUnavailable };

/**
 * Extend or shorten the visibility timeout of messages that are still held, counted from now, or give
 * them back. One result per entry, in order; where a handle comes twice, the later entry counts.
 * @throws CallerError `parameterOutOfRange`, `queueNotFound`
 */
export async function changeVisibility(
  deps: Deps, request: { readonly name: string; readonly entries: readonly VisibilityEntry[] },
): Promise<readonly VisibilityResult[]> {
  checkLimit('batchEntries', 'entries', request.entries.length);
  request.entries.forEach(({ visibilityTimeoutSeconds }, index) =>
    checkLimit('changeVisibilitySeconds', `entries[${index}].visibilityTimeoutSeconds`, visibilityTimeoutSeconds));
  const view = await viewByName(deps, request.name, timing.groupAgeMs);
  const { groups, outdated, invalid } = await sortHandles(deps, view, request.entries.map((entry, index) => ({ index, entry })));

  const results: (VisibilityResult | undefined)[] = request.entries.map(() => undefined);
  for (const [index, error] of invalid) results[index] = { kind: 'failed', error };
  for (const { index } of outdated) results[index] = { kind: 'failed', error: new CallerError('messageNotFound', 'this message was purged') };
  await inParallel(groups, async (group) => {
    for (const [index, result] of await changeGroup(deps, group)) results[index] = result;
  });
  if (request.entries.some(({ visibilityTimeoutSeconds }) => visibilityTimeoutSeconds === 0)) {
    wakeSleepers(deps.memory, logOf(view.definition.incarnation));
  }
  return results.map((result) => result ?? { kind: 'failed', error: staleHandle() });
}

async function changeGroup(deps: Deps, group: HandleGroup<VisibilityEntry>): Promise<readonly [number, VisibilityResult][]> {
  if (group.isUndone) return group.entries.map(({ index }) => [index, { kind: 'failed', error: undoneHandle() }]);
  const secondsByPosition = new Map(group.entries.map(({ entry, handle }) => [handle.position, entry.visibilityTimeoutSeconds]));
  try {
    const outcomes = await changeLease(deps, { key: group.key, leaseId: group.leaseId, secondsByPosition });
    return group.entries.map(({ index, handle }) => [index, resultOf(outcomes.get(handle.position))]);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    return group.entries.map(({ index }) => [index, { kind: 'failed', error }]);
  }
}

function resultOf(outcome: VisibilityOutcome | undefined): VisibilityResult {
  if (outcome?.kind === 'changed') return outcome;
  if (outcome?.kind === 'settled') {
    return { kind: 'failed', error: new CallerError('messageNotFound', 'this message was deleted') };
  }
  return { kind: 'failed', error: staleHandle() };
}
