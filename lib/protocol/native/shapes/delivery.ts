import { z } from 'zod';
import { endpointUrlLengthMax } from '../../../core/push/endpoint-url.ts';
import type { PushRequest, PushSettings } from '../../../core/push/push-settings.ts';
import type { PushDelivery } from '../../../core/push/push-subscription.ts';
import type { RetryPolicy } from '../../../core/push/retry-policy.ts';
import { anyNumber, boundedList, wholeNumber } from './bounded.ts';
import { count } from './count.ts';
import { queueName } from './name.ts';

const pace = {
  concurrency: wholeNumber('pushConcurrency').exactOptional().meta({ description: 'Deliveries at the same time; 10 when omitted.' }),
  messagesPerSecond: anyNumber('pushMessagesPerSecond').exactOptional().meta({ description: 'As fast as it goes when omitted.' }),
};

const format = z.enum(['json', 'raw']);

/** The last two only where the CMQ dialect made the subscription. */
const shownFormat = z.enum(['json', 'raw', 'cmqJson', 'cmqSimplified']);

const http = z.strictObject({
  type: z.literal('http'),
  url: z.string().meta({ maxLength: endpointUrlLengthMax }),
  format: format.exactOptional().meta({ description: 'A JSON object with all there is to say of a message, or only its body; json when omitted.' }),
  secret: z.string().exactOptional().meta({ description: 'whsec_ and the base64 of 24 to 64 bytes; one is made when omitted.' }),
  skipConfirmation: z.boolean().exactOptional(),
  ...pace,
});

/** How messages come to whoever subscribed. */
export const deliveryRequest = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pull') }),
  http,
  z.strictObject({ type: z.literal('queue'), queue: queueName, ...pace }),
  z.strictObject({ type: z.literal('lambda'), functionArn: z.string(), ...pace }),
], { error: 'must be one of pull, http, queue, lambda' });

/** When a message is tried again that was not accepted. */
export const retryPolicy = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('backoff') }),
  z.strictObject({ type: z.literal('exponentialDecay') }),
  z.strictObject({
    type: z.literal('custom'),
    delaysSeconds: boundedList('retryDelays', wholeNumber('retryDelaySeconds')),
    retries: wholeNumber('retries').exactOptional().meta({ description: 'The last delay repeats itself until they are used up; one for each delay when omitted.' }),
  }),
], { error: 'must be one of backoff, exponentialDecay, custom' });

type Delivery = z.output<typeof deliveryRequest>;
type Retry = z.output<typeof retryPolicy>;

/** What of the two makes a subscription a pushed one; null where it is to be pulled, undefined where nothing is said. */
export function readPush(delivery: Delivery | undefined, retry: Retry | undefined): Partial<PushRequest> | null | undefined {
  if (delivery?.type === 'pull') return null;
  if (!delivery && !retry) return undefined;
  return { ...(delivery && readDelivery(delivery)), ...(retry && { retry: readRetry(retry) }) };
}

function readDelivery({ concurrency, messagesPerSecond, ...target }: Exclude<Delivery, { type: 'pull' }>): Omit<PushRequest, 'retry'> {
  return {
    delivery: targetOf(target),
    ...(concurrency !== undefined && { concurrency }),
    ...(messagesPerSecond !== undefined && { messagesPerSecond }),
    ...(target.type === 'http' && target.skipConfirmation !== undefined && { skipsConfirmation: target.skipConfirmation }),
  };
}

function targetOf(target: Exclude<Delivery, { type: 'pull' }>): PushDelivery {
  switch (target.type) {
    case 'http': return { kind: 'http', url: target.url, format: target.format ?? 'json', ...(target.secret !== undefined && { secret: target.secret }) };
    case 'queue': return { kind: 'queue', queue: target.queue };
    case 'lambda': return { kind: 'lambda', functionArn: target.functionArn };
  }
}

const readRetry = ({ type, ...numbers }: Retry): RetryPolicy => (type === 'custom' ? { kind: type, ...custom.parse(numbers) } : { kind: type });

const custom = z.object({ delaysSeconds: z.array(z.number()), retries: z.number().exactOptional() });

/** How messages come to whoever subscribed, in an answer: without the secret, but for the one that has just set it. */
export const deliveryAnswer = z.object({
  type: z.enum(['pull', 'http', 'queue', 'lambda']),
  url: z.string().exactOptional(),
  format: shownFormat.exactOptional(),
  secret: z.string().exactOptional().meta({ description: 'Only in the answer to its creation.' }),
  confirmation: z.enum(['confirmed', 'pending', 'failed']).exactOptional().meta({
    description: 'pending: the endpoint is asked first. failed: it was asked in vain as often as the retry policy says.',
  }),
  queue: z.string().exactOptional(),
  functionArn: z.string().exactOptional(),
  concurrency: count.exactOptional(),
  messagesPerSecond: z.number().exactOptional(),
});

export const retryAnswer = z.object({
  type: z.enum(['backoff', 'exponentialDecay', 'custom']),
  delaysSeconds: z.array(count).exactOptional(),
  retries: count.exactOptional(),
});

export function renderDelivery(push: PushSettings | undefined, showsSecret = false): z.input<typeof deliveryAnswer> {
  if (!push) return { type: 'pull' };
  const { delivery: { kind, ...target }, concurrency, messagesPerSecond, confirmation } = push;
  const { secret, ...shown } = { secret: undefined, ...target };
  return {
    type: kind, ...shown,
    ...(showsSecret && secret !== undefined && { secret }),
    ...(kind === 'http' && { confirmation }),
    concurrency, ...(messagesPerSecond !== undefined && { messagesPerSecond }),
  };
}

export const renderRetry = ({ kind, ...numbers }: RetryPolicy): z.input<typeof retryAnswer> =>
  ({ type: kind, ...('delaysSeconds' in numbers && { ...numbers, delaysSeconds: [...numbers.delaysSeconds] }) });
