import type { Deps } from '../deps.ts';
import { CallerError, StoreUnavailable } from '../errors.ts';
import { setDelayAlarm } from '../group/delay.ts';
import { checkLimit, limits } from '../limits.ts';
import { type Append, appendToLog } from '../log/append.ts';
import { intendAppend } from '../log/intent.ts';
import type { Lane } from '../log/lane.ts';
import { lastDue } from '../log/segment.ts';
import { type Body, mayExceed, messageBytes, type MessageContent } from '../message.ts';
import type { Segment } from '../ports/log-table.ts';
import type { QueueView } from '../ports/queue-table.ts';
import { messageIdAt } from '../position.ts';
import { wakeSleepers } from '../process-memory.ts';
import { historySeconds, type QueueSettings } from '../queue.ts';
import { summaryOf } from '../segment-summary.ts';
import { type EpochMs, latest, secondsAfter } from '../time.ts';
import { timing } from '../timing.ts';
import { delayLane, topicDelayLane } from './delay-lane.ts';
import { parseName } from './names.ts';
import { readyLane } from './ready-lane.ts';
import { viewByName } from './view.ts';

export interface SendEntry {
  readonly body: Body;
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  /** Only to a topic. */
  readonly routingKey?: string;
  /** At most one of the two; neither: the queue's own delay. */
  readonly delaySeconds?: number;
  readonly deliverAtMs?: EpochMs;
}

export interface SendRequest {
  readonly name: string;
  readonly entries: readonly SendEntry[];
  /** One entry that is refused refuses them all, before anything is sent. */
  readonly isAllOrNothing?: boolean;
  /** A repeat of the same request under the same key within a day is not sent twice. */
  readonly idempotencyKey?: string;
}

export type SendResult =
  | { readonly kind: 'sent'; readonly messageId: string; readonly enqueuedAtMs: EpochMs }
  | { readonly kind: 'failed'; readonly error: CallerError | StoreUnavailable };

/** The entries of one lane, with their places in the request. */
interface Part {
  readonly indexes: readonly number[];
  readonly messages: readonly MessageContent[];
  /** Delays count from then, and so it is the enqueue time of what is delayed. */
  readonly acceptedAtMs: EpochMs | undefined;
}

/**
 * Append messages to a queue: one write for all that are ready at once, one for all that are delayed.
 * One result per entry, in order; what is `sent` is durable.
 * @throws CallerError `queueNotFound`, `parameterOutOfRange`, `idempotencyKeyReused`; all or nothing: `messageTooLarge`
 * @throws StoreUnavailable when nothing was sent, as far as is known
 */
export async function sendMessages(deps: Deps, request: SendRequest): Promise<readonly SendResult[]> {
  checkLimit('batchEntries', 'entries', request.entries.length);
  request.entries.forEach((entry, index) => checkDelay(deps, entry, index));
  const view = await viewByName(deps, request.name, timing.definitionAgeMs);
  const refused = request.entries.map((entry, index) => sizeError(entry, index, view.definition.settings));
  const first = refused.find((error) => error !== undefined);
  if (first && request.isAllOrNothing) throw first;
  const { ready, delayed } = split(deps, request, refused, view.definition.settings);
  const digest = request.idempotencyKey === undefined ? undefined : digestOf(deps, request, [ready, delayed]);

  const sendReady = sendPart(ready, () => readyLane(deps, view), 'ready');
  // Under a key the second part waits: only the note of the first tells a repeat from another request.
  const sendDelayed = (digest === undefined ? Promise.resolve() : sendReady).then(() => sendPart(delayed, () => delayedLane(deps, view, delayed), 'delayed'));
  const outcomes = await Promise.allSettled([sendReady, sendDelayed]);
  return resultsOf(refused, [ready, delayed], outcomes);

  async function sendPart(part: Part, lane: () => Lane | Promise<Lane>, kind: 'ready' | 'delayed'): Promise<Segment | undefined> {
    if (part.messages.length === 0) return undefined;
    const key = request.idempotencyKey === undefined || digest === undefined
      ? undefined : { key: `${kind === 'ready' || ready.messages.length === 0 ? 'first' : 'second'} ${request.idempotencyKey}`, digest };
    const segment = await appendOnce(deps, view, await lane(), part, key);
    if (kind === 'ready') wakeSleepers(deps.memory, view.definition.incarnation);
    if (view.definition.isPushed) deps.publishedTo(view.definition.incarnation);
    return segment;
  }
}

const isTopic = ({ definition: { name } }: QueueView): boolean => parseName(name).kind === 'topic';

const delayedLane = (deps: Deps, view: QueueView, { messages }: Part): Lane | Promise<Lane> =>
  (isTopic(view) ? topicDelayLane(deps, view, lastDue(messages) ?? deps.system.now()) : delayLane(deps, view));

async function appendOnce(
  deps: Deps, view: QueueView, lane: Lane, { messages, acceptedAtMs }: Part,
  idempotency: { readonly key: string; readonly digest: string } | undefined,
): Promise<Segment> {
  const { incarnation, settings, isPushed } = view.definition;
  const intended = idempotency && await intendAppend(deps, incarnation, idempotency.key, idempotency.digest);
  if (intended?.landed) return intended.landed;
  const alarm = setDelayAlarm(deps, lane, messages, historySeconds(settings));
  const append: Append = {
    appendId: intended?.appendId ?? deps.system.newId(),
    ...(isTopic(view) ? { summary: summaryOf(messages), ...(isPushed ? { isPushed } : {}) } : {}),
    messages, acceptedAtMs, retentionSeconds: historySeconds(settings), inlineSegmentBytes: settings.inlineSegmentBytes,
    async beforePut(wished) {
      const target = await intended?.beforePut(wished) ?? wished;
      await alarm?.before(target);
      return target;
    },
    async afterRefusal(found) {
      await intended?.afterRefusal();
      await alarm?.afterRefusal(found);
    },
  };
  const segment = await appendToLog(deps, lane, append);
  await alarm?.afterLanding(segment);
  return segment;
}

/** "Any delay" ends where dates do not: the same bound for a duration and for an instant. */
function checkDelay(deps: Deps, { delaySeconds, deliverAtMs }: SendEntry, index: number): void {
  if (delaySeconds !== undefined) checkLimit('delaySeconds', `entries[${index}].delaySeconds`, delaySeconds);
  const { max } = limits.delaySeconds;
  if (deliverAtMs === undefined || deliverAtMs <= secondsAfter(deps.system.now(), max)) return;
  const field = `entries[${index}].deliverAt`;
  throw new CallerError('parameterOutOfRange', `${field} must be at most ${max} seconds ahead`, { field, max, unit: 'seconds ahead', value: deliverAtMs });
}

/** The queue's own bound on a message; the hard one is at most as high. */
function sizeError(entry: SendEntry, index: number, { maxMessageBytes }: QueueSettings): CallerError | undefined {
  if (!mayExceed(entry, maxMessageBytes)) return undefined;
  const bytes = messageBytes(entry);
  if (bytes <= maxMessageBytes) return undefined;
  const field = `entries[${index}].body`;
  return new CallerError('messageTooLarge', `${field} with its attributes and tags may have ${maxMessageBytes} bytes in this queue, got ${bytes}`, {
    field, max: maxMessageBytes, unit: 'bytes', value: bytes,
  });
}

function split(
  deps: Deps, { entries, idempotencyKey }: SendRequest, refused: readonly (CallerError | undefined)[], settings: QueueSettings,
): { readonly ready: Part; readonly delayed: Part } {
  const nowMs = deps.system.now();
  const ready = { indexes: [] as number[], messages: [] as MessageContent[], acceptedAtMs: undefined };
  const delayed = { indexes: [] as number[], messages: [] as MessageContent[], acceptedAtMs: nowMs };
  entries.forEach((entry, index) => {
    if (refused[index]) return;
    const { body, attributes, tags, routingKey } = entry;
    const dueAtMs = latest(nowMs, entry.deliverAtMs ?? secondsAfter(nowMs, entry.delaySeconds ?? settings.delaySeconds));
    // A repeat under a key must find the same parts, also once a given time has passed.
    const isDelayed = dueAtMs > nowMs || (idempotencyKey !== undefined && entry.deliverAtMs !== undefined);
    const part = isDelayed ? delayed : ready;
    part.indexes.push(index);
    part.messages.push({ body, attributes, tags, ...(isDelayed ? { dueAtMs } : {}), ...(routingKey === undefined ? {} : { routingKey }) });
  });
  return { ready, delayed };
}

/**
 * Each entry answers for itself, also when one lane took its part and the other did not. Only when
 * nothing was sent does the request fail as a whole.
 */
function resultsOf(
  refused: readonly (CallerError | undefined)[], parts: readonly Part[],
  outcomes: readonly PromiseSettledResult<Segment | undefined>[],
): readonly SendResult[] {
  const results: (SendResult | undefined)[] = refused.map((error) => (error ? { kind: 'failed', error } : undefined));
  const isNothingSent = outcomes.every((outcome) => outcome.status === 'rejected' || outcome.value === undefined);
  for (const [part, { indexes }] of parts.entries()) {
    const outcome = outcomes[part];
    if (outcome?.status === 'rejected') {
      const error: unknown = outcome.reason;
      const isAnswerable = error instanceof CallerError || error instanceof StoreUnavailable;
      if (isNothingSent || !isAnswerable) throw error;
      for (const index of indexes) results[index] = { kind: 'failed', error };
    }
    const segment = outcome?.status === 'fulfilled' ? outcome.value : undefined;
    if (segment) for (const [at, index] of indexes.entries()) results[index] = sentAt(segment, at);
  }
  return results.map((result) => {
    if (!result) throw new Error('an entry without a result');
    return result;
  });
}

const sentAt = ({ shard, base, enqueuedAtMs }: Segment, at: number): SendResult =>
  ({ kind: 'sent', messageId: messageIdAt({ shard, offset: base + at }), enqueuedAtMs });

/** Of the request and of how it was parted: under another delay of the queue a repeat would be another request. */
/** With the part that each entry went to, or none: the settings of then may be others by the repeat. */
function digestOf(deps: Deps, { entries }: SendRequest, parts: readonly Part[]): string {
  return deps.signer.digest(JSON.stringify(entries.map((entry, index) =>
    [parts.findIndex(({ indexes }) => indexes.includes(index)), entry.body.kind === 'text' ? entry.body.text : { bytes: [...entry.body.bytes] },
      Object.entries(entry.attributes).toSorted(([a], [b]) => (a < b ? -1 : 1)), entry.tags, entry.delaySeconds, entry.deliverAtMs, ...(entry.routingKey === undefined ? [] : [entry.routingKey])])));
}
