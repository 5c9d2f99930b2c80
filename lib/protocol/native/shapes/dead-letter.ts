import { z } from 'zod';
import type { DeadLetterPolicy } from '../../../core/queue.ts';
import { wholeNumber } from './bounded.ts';
import { queueName } from './name.ts';

/** A policy as it is asked for: one of the two numbers, but for a pushed subscription, whose retry policy says how often. */
export const requestedDeadLetter = z.strictObject({
  queue: queueName,
  maxReceiveCount: wholeNumber('maxReceiveCount').exactOptional().meta({ description: 'Received so often, and not deleted.' }),
  maxAgeSeconds: wholeNumber('maxAgeSeconds').exactOptional()
    .meta({ description: 'Not consumed within so long; less than the retention. Instead of `maxReceiveCount`.' }),
});

/** The policy of a queue. */
export const deadLetterPolicy = requestedDeadLetter.transform(({ queue, maxReceiveCount, maxAgeSeconds }, context): DeadLetterPolicy => {
  if (maxAgeSeconds === undefined && maxReceiveCount !== undefined) return { queue, maxReceiveCount };
  if (maxAgeSeconds !== undefined && maxReceiveCount === undefined) return { queue, maxAgeSeconds };
  context.issues.push(maxAgeSeconds === undefined
    ? { code: 'custom', input: undefined, path: ['maxReceiveCount'], message: 'is missing, and so is maxAgeSeconds: a policy has one of them' }
    : { code: 'custom', input: maxAgeSeconds, path: ['maxAgeSeconds'], message: 'does not go with maxReceiveCount: a policy has one of them' });
  return z.NEVER;
});

/** As answers show it: the number that it was made with. */
export const shownDeadLetter = z.object({ queue: z.string(), maxReceiveCount: wholeNumber('maxReceiveCount').exactOptional(), maxAgeSeconds: wholeNumber('maxAgeSeconds').exactOptional() });
