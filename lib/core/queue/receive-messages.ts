import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { noteEmpty } from '../group/poll-pace.ts';
import { pullOnce, type PullAnswer } from '../group/receive.ts';
import { checkLimit, limits } from '../limits.ts';
import type { Delivery } from '../message.ts';
import type { QueueView } from '../ports/queue-table.ts';
import { sleepUntilSent } from '../process-memory.ts';
import { logOf } from '../subscription.ts';
import { type EpochMs, secondsAfter } from '../time.ts';
import { timing } from '../timing.ts';
import { notFound } from './names.ts';
import { viewByName, viewOf } from './view.ts';

export interface ReceiveRequest {
  readonly name: string;
  readonly maxMessages: number;
  /** Absent: the queue's own. */
  readonly waitSeconds?: number;
  /** The caller bears no longer wait, whatever was asked for. Absent: `limits.waitSeconds`. */
  readonly waitSecondsMax?: number;
  /** Absent: the queue's own. */
  readonly visibilityTimeoutSeconds?: number;
  /** The caller went away: stop waiting, claim nothing more. */
  readonly signal?: AbortSignal;
}

/**
 * Hand out at most `maxMessages`, hidden from other consumers for the visibility timeout; wait for a
 * first one up to `waitSeconds`. Delivery is at least once, order is best effort. An empty list means
 * "nothing won this time", not "queue empty".
 * @throws CallerError `parameterOutOfRange`, `queueNotFound`, `subscriptionIsPushed`
 * @throws StoreUnavailable
 */
export async function receiveMessages(deps: Deps, request: ReceiveRequest): Promise<readonly Delivery[]> {
  checkLimit('receiveMessages', 'maxMessages', request.maxMessages);
  if (request.waitSeconds !== undefined) checkLimit('longWaitSeconds', 'waitSeconds', request.waitSeconds);
  if (request.visibilityTimeoutSeconds !== undefined) {
    checkLimit('visibilityTimeoutSeconds', 'visibilityTimeoutSeconds', request.visibilityTimeoutSeconds);
  }
  let view: QueueView | undefined = await viewByName(deps, request.name, timing.groupAgeMs);
  const { incarnation, settings, subscription } = view.definition;
  if (subscription?.push) throw new CallerError('subscriptionIsPushed', `${request.name} is pushed: nobody else may receive from it`, { name: request.name });
  const endMs = secondsAfter(deps.system.now(), Math.min(request.waitSeconds ?? settings.receiveWaitSeconds, request.waitSecondsMax ?? limits.waitSeconds.max));
  while (!request.signal?.aborted) {
    const { deliveries, nextDueAtMs } = await pullOnce(deps, view, {
      maxMessages: request.maxMessages,
      answerBytesMax: limits.answerBytes.max,
      visibilityMs: 1000 * (request.visibilityTimeoutSeconds ?? view.definition.settings.visibilityTimeoutSeconds),
    });
    if (deliveries.length > 0 || deps.system.now() >= endMs) return deliveries;
    await pause(deps, view, { endMs, nextDueAtMs, signal: request.signal });
    view = await viewOf(deps, incarnation, timing.groupAgeMs);
    if (!view) throw notFound(request.name);
  }
  return [];
}

/** Until the next look is worth it: a send of this process and a known due time come earlier than the pace. */
async function pause(
  deps: Deps, view: QueueView,
  { endMs, nextDueAtMs, signal }: Pick<PullAnswer, 'nextDueAtMs'> & { readonly endMs: EpochMs; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const memory = deps.memory.readers.get(view.group.chain.id);
  if (memory) noteEmpty(memory);
  const nowMs = deps.system.now();
  // Up to a quarter more or less, so that consumers do not fall into step.
  const paceMs = (memory?.pollMs ?? timing.pollMaxMs) * (0.75 + deps.system.random() / 2);
  const untilMs = Math.min(nowMs + paceMs, endMs, nextDueAtMs ?? endMs);
  await sleepUntilSent(deps.memory, logOf(view.definition.incarnation), (end) => deps.system.sleep(Math.max(1, untilMs - nowMs), end), signal);
}
