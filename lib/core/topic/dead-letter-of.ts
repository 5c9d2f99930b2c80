import { CallerError } from '../errors.ts';
import { attemptsOf, type RetryPolicy } from '../push/retry-policy.ts';
import type { DeadLetterPolicy } from '../queue.ts';

/** A dead-letter policy as it is asked for. */
export interface RequestedDeadLetter {
  readonly queue: string;
  readonly maxReceiveCount?: number;
}

/**
 * The policy that it comes to: of a pushed subscription the retry policy says how often a message is tried.
 * @throws CallerError `malformedRequest` for a number too many, or one too few
 */
export function deadLetterOf({ queue, maxReceiveCount }: RequestedDeadLetter, retry: RetryPolicy | undefined): DeadLetterPolicy {
  const field = 'deadLetter.maxReceiveCount';
  if (retry) {
    const attempts = attemptsOf(retry);
    if (maxReceiveCount === undefined || maxReceiveCount === attempts) return { queue, maxReceiveCount: attempts };
    throw new CallerError('malformedRequest', `${field} is not for a pushed subscription: its retry policy makes ${attempts} attempts`, { field, value: maxReceiveCount });
  }
  if (maxReceiveCount === undefined) throw new CallerError('malformedRequest', `${field} is missing`, { field });
  return { queue, maxReceiveCount };
}
