import { checkMayFeed } from '../access-key/access.ts';
import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { checkLimit } from '../limits.ts';
import { checkName } from '../queue/settings.ts';
import { noteSource } from '../queue/sources.ts';
import { entryNamed } from '../queue/view.ts';
import type { Queue } from '../queue.ts';
import { isCmqFormat } from './cmq-push.ts';
import { endpointUrlProblem } from './endpoint-url.ts';
import { checkSecret, formatSecret } from './push-secret.ts';
import type { PushDelivery, PushSubscription } from './push-subscription.ts';
import { checkRetryPolicy, defaultRetryPolicy, type RetryPolicy } from './retry-policy.ts';

/** What makes a subscription a pushed one. */
export type PushSettings = Pick<PushSubscription, 'delivery' | 'retry' | 'concurrency' | 'messagesPerSecond' | 'confirmation'>;

/** What a caller says of it. */
export interface PushRequest {
  /** Without a secret one is made. */
  readonly delivery: PushDelivery;
  /** Absent: `defaultRetryPolicy`. */
  readonly retry?: RetryPolicy;
  /** Absent: `CONCURRENCY`. */
  readonly concurrency?: number;
  /** Absent: as fast as it goes. */
  readonly messagesPerSecond?: number;
  /** Push to the endpoint without asking it first. */
  readonly skipsConfirmation?: boolean;
}

/** Deliveries at the same time. */
const CONCURRENCY = 10;

/**
 * The settings that a request comes to, in place of those there are. An endpoint that is a new one is asked
 * first whether it wants to be pushed to, and so is one that has not confirmed.
 * @throws CallerError `malformedRequest`, `parameterOutOfRange`, `notSupportedYet`, `endpointUnresolvable`, `endpointForbidden`,
 * `deliveryQueueNotFound`, `deliveryCycle`
 */
export async function pushSettings(
  deps: Deps, request: PushRequest, { before, deadLetterQueue }: { readonly before: PushSettings | undefined; readonly deadLetterQueue: string | undefined },
): Promise<PushSettings> {
  const { retry = defaultRetryPolicy, concurrency = CONCURRENCY, messagesPerSecond } = request;
  checkRetryPolicy(retry);
  checkLimit('pushConcurrency', 'delivery.concurrency', concurrency);
  if (messagesPerSecond !== undefined) checkLimit('pushMessagesPerSecond', 'delivery.messagesPerSecond', messagesPerSecond);
  await checkTarget(deps, request.delivery, deadLetterQueue);
  return {
    delivery: withSecret(deps, request.delivery, before), retry, concurrency, ...(messagesPerSecond === undefined ? {} : { messagesPerSecond }),
    confirmation: isConfirmedAlready(request, before) ? 'confirmed' : 'pending',
  };
}

async function checkTarget(deps: Deps, delivery: PushDelivery, deadLetterQueue: string | undefined): Promise<void> {
  switch (delivery.kind) {
    case 'http': return checkEndpoint(deps, delivery);
    case 'queue': return checkQueue(deps, delivery.queue, deadLetterQueue);
    case 'lambda': return checkFunction(deps, delivery.functionArn);
  }
}

async function checkEndpoint(deps: Deps, { url, secret }: Extract<PushDelivery, { kind: 'http' }>): Promise<void> {
  const field = 'delivery.url';
  const problem = endpointUrlProblem(url);
  if (problem !== undefined) throw new CallerError('malformedRequest', `${field} ${problem}`, { field });
  if (secret !== undefined) checkSecret(secret, 'delivery.secret');
  const found = await deps.pushEndpoint.check(url);
  if (found.kind === 'reachable') return;
  const kind = found.kind === 'forbidden' ? 'endpointForbidden' : 'endpointUnresolvable';
  throw new CallerError(kind, `${field}: ${found.reason}`, { field });
}

async function checkQueue(deps: Deps, queue: string, deadLetterQueue: string | undefined): Promise<void> {
  const field = 'delivery.queue';
  checkName(queue, field);
  checkMayFeed(deps, queue);
  refuseSameQueue({ kind: 'queue', queue }, deadLetterQueue);
  if (!await entryNamed(deps, queue)) throw noSuchQueue(queue);
}

const noSuchQueue = (queue: string): CallerError =>
  new CallerError('deliveryQueueNotFound', `delivery.queue: there is no queue named ${queue}`, { field: 'delivery.queue', value: queue });

/**
 * Before a subscription is pushed to a queue: that cannot be deleted from then on.
 * @throws CallerError `deliveryQueueNotFound`
 */
export async function registerDelivery(deps: Deps, { name, incarnation }: Pick<Queue, 'name' | 'incarnation'>, push: PushSettings | undefined): Promise<void> {
  if (push?.delivery.kind !== 'queue') return;
  const { queue } = push.delivery;
  if (await noteSource(deps, { queue: name, incarnation }, queue) === 'noSuchQueue') throw noSuchQueue(queue);
}

/** @throws CallerError `deliveryCycle` */
export function refuseSameQueue(delivery: PushDelivery, deadLetterQueue: string | undefined): void {
  if (delivery.kind !== 'queue' || delivery.queue !== deadLetterQueue) return;
  throw new CallerError('deliveryCycle', `delivery.queue: what cannot be delivered to ${deadLetterQueue} cannot become a dead letter there either`, {
    field: 'delivery.queue', value: deadLetterQueue,
  });
}

const FUNCTION_ARN = /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,64}(?::[A-Za-z0-9_$-]{1,128})?$/;

function checkFunction({ functions }: Deps, functionArn: string): void {
  if (!functions.areThere) throw new CallerError('notSupportedYet', 'delivery.type: there are functions to push to on AWS only', { field: 'delivery.type', value: 'lambda' });
  if (FUNCTION_ARN.test(functionArn)) return;
  const field = 'delivery.functionArn';
  throw new CallerError('malformedRequest', `${field} must be the ARN of a Lambda function, such as arn:aws:lambda:eu-central-1:123456789012:function:orders`, {
    field, value: functionArn.slice(0, 200),
  });
}

/** Its own, or the one there is, or a new one; none where nothing would be signed. */
function withSecret(deps: Deps, delivery: PushDelivery, before: PushSettings | undefined): PushDelivery {
  if (delivery.kind !== 'http' || delivery.secret !== undefined || isCmqFormat(delivery.format)) return delivery;
  const kept = before?.delivery.kind === 'http' ? before.delivery.secret : undefined;
  return { ...delivery, secret: kept ?? formatSecret(deps.signer.newSecret()) };
}

function isConfirmedAlready({ delivery, skipsConfirmation = false }: PushRequest, before: PushSettings | undefined): boolean {
  if (delivery.kind !== 'http' || skipsConfirmation) return true;
  return before?.confirmation === 'confirmed' && before.delivery.kind === 'http' && before.delivery.url === delivery.url;
}

/** Does a request ask for what there is? A secret that it does not name is as it is. */
export function isSamePush(request: PushRequest | undefined, { push }: { readonly push?: PushSettings | undefined }): boolean {
  if (!request || !push) return !request && !push;
  const { retry = defaultRetryPolicy, concurrency = CONCURRENCY, messagesPerSecond } = request;
  const { secret } = push.delivery.kind === 'http' ? push.delivery : {};
  const wanted = request.delivery.kind === 'http' && secret !== undefined ? { secret, ...request.delivery } : request.delivery;
  return canonical([wanted, retry, concurrency, messagesPerSecond]) === canonical([push.delivery, push.retry, push.concurrency, push.messagesPerSecond]);
}

const canonical = (parts: readonly unknown[]): string =>
  JSON.stringify(parts.map((part) => (typeof part === 'object' && part !== null && !Array.isArray(part)
    ? Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)) : part ?? null)));
