import type { Deps } from '../deps.ts';
import { CallerError, StoreUnavailable } from '../errors.ts';
import { cancelDelayed, type CancelOutcome } from '../group/cancel.ts';
import { type HandleGroup, sortHandles, staleHandle } from '../group/held-by-handle.ts';
import { settle } from '../group/settle.ts';
import { checkLimit } from '../limits.ts';
import type { QueueView } from '../ports/queue-table.ts';
import { type Offset, parseMessageId } from '../position.ts';
import { timing } from '../timing.ts';
import { inParallel } from './in-parallel.ts';
import { viewByName } from './view.ts';

/** By handle: finish. By id: cancel a message that is still delayed. */
export type DeleteEntry = { readonly receiptHandle: string } | { readonly messageId: string };

export type DeleteResult =
  | { readonly kind: 'deleted' }
  | { readonly kind: 'failed'; readonly error: CallerError | StoreUnavailable };

type HandleOnly = Extract<DeleteEntry, { readonly receiptHandle: string }>;

/**
 * Finish messages: they are not delivered again. A handle is good until another consumer has taken
 * the message, also after its timeout; deleting twice is a success. One result per entry, in order.
 * @throws CallerError `parameterOutOfRange`, `queueNotFound`
 */
export async function deleteMessages(
  deps: Deps, request: { readonly name: string; readonly entries: readonly DeleteEntry[] },
): Promise<readonly DeleteResult[]> {
  checkLimit('batchEntries', 'entries', request.entries.length);
  // An id does not say its chain as a handle does: one sent right after a purge needs the record as it is now.
  const cancels = request.entries.some((entry) => 'messageId' in entry);
  const view = await viewByName(deps, request.name, cancels ? 0 : timing.groupAgeMs);
  const numbered = request.entries.map((entry, index) => ({ index, entry }));
  const { groups, invalid } = await sortHandles(deps, view, numbered.flatMap(({ index, entry }) =>
    ('receiptHandle' in entry ? [{ index, entry }] : [])));

  // What was received before a purge is gone: deleting it is a success.
  const results: DeleteResult[] = request.entries.map(() => ({ kind: 'deleted' }));
  for (const [index, error] of invalid) results[index] = { kind: 'failed', error };
  await inParallel(groups, async (group) => {
    for (const [index, result] of await settleGroup(deps, group)) results[index] = result;
  });
  const named = numbered.flatMap(({ index, entry }) => ('messageId' in entry ? [{ index, messageId: entry.messageId }] : []));
  const { shards, unknown } = sortIds(named);
  for (const [index, error] of unknown) results[index] = { kind: 'failed', error };
  await inParallel([...shards], async ([shard, ids]) => {
    for (const [index, result] of await cancel(deps, view, shard, ids)) results[index] = result;
  });
  return results;
}

async function settleGroup(deps: Deps, { key, leaseId, range, entries }: HandleGroup<HandleOnly>): Promise<readonly [number, DeleteResult][]> {
  const positions = [...new Set(entries.map(({ handle }) => handle.position))].toSorted((a, b) => a - b);
  try {
    const outcomes = await settle(deps, { key, leaseId, positions, range });
    return entries.map(({ index, handle }) => [index, outcomes.get(handle.position) === 'stale'
      ? { kind: 'failed', error: staleHandle() } : { kind: 'deleted' }]);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    return entries.map(({ index }) => [index, { kind: 'failed', error }]);
  }
}

interface NamedMessage {
  readonly index: number;
  readonly messageId: string;
}

type IdsByShard = ReadonlyMap<string, readonly (NamedMessage & { readonly offset: Offset })[]>;

/** Ids by shard, where one write may do for several; what is no id at all is known already. */
function sortIds(named: readonly NamedMessage[]): { readonly shards: IdsByShard; readonly unknown: ReadonlyMap<number, CallerError> } {
  const shards = new Map<string, (NamedMessage & { readonly offset: Offset })[]>();
  const unknown = new Map<number, CallerError>();
  for (const one of named) {
    try {
      const { shard, offset } = parseMessageId(one.messageId);
      shards.set(shard, [...shards.get(shard) ?? [], { ...one, offset }]);
    } catch (error) {
      if (!(error instanceof CallerError)) throw error;
      unknown.set(one.index, error);
    }
  }
  return { shards, unknown };
}

async function cancel(
  deps: Deps, view: QueueView, shard: string, ids: readonly (NamedMessage & { readonly offset: Offset })[],
): Promise<readonly [number, DeleteResult][]> {
  try {
    const outcomes = await cancelDelayed(deps, view, shard, ids.map(({ offset }) => offset));
    return ids.map(({ index, messageId, offset }) => [index, cancelResult(messageId, outcomes.get(offset))]);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    return ids.map(({ index }) => [index, { kind: 'failed', error }]);
  }
}

function cancelResult(messageId: string, outcome: CancelOutcome | undefined): DeleteResult {
  if (outcome === 'cancelled') return { kind: 'deleted' };
  if (outcome === 'notYet') {
    return { kind: 'failed', error: new CallerError('queueIsChanging', 'consumers have not come to this message yet, after a rewind or in a subscription: receive, and try again', { messageId }) };
  }
  return {
    kind: 'failed',
    error: outcome === 'notDelayed'
      ? new CallerError('messageNotDelayed', 'only a delayed message that nobody received is deleted by its id; others by their receipt handle', { messageId })
      : new CallerError('messageNotFound', `no message has the id ${messageId}`, { messageId }),
  };
}
