import type { Deps } from '../deps.ts';
import { CallerError, StoreUnavailable } from '../errors.ts';
import { limits } from '../limits.ts';
import type { PushOutcome } from '../ports/push-target.ts';
import { changeVisibility } from '../queue/change-visibility.ts';
import { deleteMessages } from '../queue/delete-messages.ts';
import { earliest, type EpochMs, msAfter } from '../time.ts';
import { timing } from '../timing.ts';
import { type Held, inBackground, type PushRun, type Settling } from './push-run.ts';
import { delayBeforeMs } from './retry-policy.ts';

/** A message that its target refused at every attempt, and that has no dead-letter queue to go to. */
export class PushDropped extends Error {
  override readonly name = 'PushDropped';
  readonly messageId: string;

  constructor(subscription: string, messageId: string, reason: string) {
    super(`message ${messageId} of ${subscription} was dropped after its last attempt: ${reason}`);
    this.messageId = messageId;
  }
}

/** What is to be stored of it. The number of an attempt is the receive count. */
export function noteOutcome(run: PushRun, held: Held, outcome: PushOutcome): void {
  const { deps, subscription, settling, ending } = run;
  held.receive.open -= 1;
  if (outcome.kind === 'accepted') return noteDelete(run, held);
  // Nobody waited for its answer: for the next runner.
  if (ending.signal.aborted) return noteChange(run, held, 0);
  const pauseMs = delayBeforeMs(subscription.retry, held.delivery.receiveCount, () => deps.system.random());
  if (pauseMs !== 'exhausted') return noteChange(run, held, Math.floor(pauseMs / 1000));
  // Whoever takes it next moves it to the dead letters, as with any message that was received so often.
  if (run.hasDeadLetterQueue) return noteChange(run, held, 0);
  deps.report(new PushDropped(subscription.name, held.delivery.messageId, outcome.reason));
  settling.deletes.push(held);
  settling.atMs = deps.system.now();
}

/** What was received together, or accepted within a moment, goes by one write. */
function noteDelete({ deps, settling }: PushRun, held: Held): void {
  settling.deletes.push(held);
  const nowMs = deps.system.now();
  const atMs = held.receive.open === 0 ? nowMs : msAfter(nowMs, timing.pushSettleMs);
  settling.atMs = earliest(settling.atMs ?? atMs, atMs);
}

/** The pause counts from now on. */
export function noteChange({ deps, settling }: PushRun, held: Held, seconds: number): void {
  settling.changes.push({ held, seconds });
  settling.atMs = deps.system.now();
}

/** Store it, when it is time. */
export function settleOutcomes(run: PushRun): void {
  const { deps, settling } = run;
  if (settling.isRunning || settling.atMs === undefined || settling.atMs > deps.system.now()) return;
  settling.isRunning = true;
  const { deletes, changes } = settling;
  settling.deletes = [];
  settling.changes = [];
  settling.atMs = undefined;
  inBackground(run, async () => {
    try {
      const [undeleted, unchanged] = await Promise.all([
        inBatches(deletes, (some) => storeDeletes(run, some)), inBatches(changes, (some) => storeChanges(run, some)),
      ]);
      putBack(deps, settling, undeleted, unchanged);
    } finally {
      settling.isRunning = false;
    }
  });
}

/** When there is something to store; undefined while nothing is, or it is being stored. */
export const nextSettleAt = ({ settling }: PushRun): EpochMs | undefined => (settling.isRunning ? undefined : settling.atMs);

/** The store did not take it: it is tried again. A message whose hold is over meanwhile is delivered again. */
function putBack(deps: Deps, settling: Settling, deletes: readonly Held[], changes: readonly Change[]): void {
  if (deletes.length + changes.length === 0) return;
  settling.deletes.push(...deletes);
  settling.changes.push(...changes);
  settling.atMs = msAfter(deps.system.now(), timing.pollMaxMs);
}

/** Answers those that are still to do. */
async function inBatches<T>(entries: readonly T[], store: (some: readonly T[]) => Promise<readonly T[]>): Promise<readonly T[]> {
  const left: T[] = [];
  for (let at = 0; at < entries.length; at += limits.batchEntries.max) left.push(...await store(entries.slice(at, at + limits.batchEntries.max)));
  return left;
}

type Change = Settling['changes'][number];

type Result = { readonly kind: 'failed'; readonly error: CallerError | StoreUnavailable } | { readonly kind: 'deleted' | 'changed' };

const storeDeletes = ({ deps, subscription: { name } }: PushRun, some: readonly Held[]): Promise<readonly Held[]> =>
  stored(deps, some, deleteMessages(deps, { name, entries: some.map(({ delivery: { receiptHandle } }) => ({ receiptHandle })) }));

const storeChanges = ({ deps, subscription: { name } }: PushRun, some: readonly Change[]): Promise<readonly Change[]> =>
  stored(deps, some, changeVisibility(deps, {
    name, entries: some.map(({ held, seconds }) => ({ receiptHandle: held.delivery.receiptHandle, visibilityTimeoutSeconds: seconds })),
  }));

/** What the caller is at fault for is not tried again: a stale handle, of what somebody else has by now; a subscription that is gone. */
async function stored<T>(deps: Deps, some: readonly T[], storing: Promise<readonly Result[]>): Promise<readonly T[]> {
  try {
    const results = await storing;
    return some.filter((_, at) => {
      const result = results[at];
      return result?.kind === 'failed' && result.error instanceof StoreUnavailable;
    });
  } catch (fault) {
    if (fault instanceof CallerError) return [];
    if (!(fault instanceof StoreUnavailable)) throw fault;
    deps.report(fault);
    return some;
  }
}
