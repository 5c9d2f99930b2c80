import { CallerError } from '../errors.ts';
import { attemptsOf, type RetryPolicy } from '../push/retry-policy.ts';
import type { DeadLetterPolicy } from '../queue.ts';

/** A dead-letter policy as it is asked for. */
export interface RequestedDeadLetter {
  readonly queue: string;
  readonly maxReceiveCount?: number;
  readonly maxAgeSeconds?: number;
}

/**
 * The policy that it comes to: of a pushed subscription the retry policy says how often a message is tried.
 * @throws CallerError `malformedRequest` for a number too many, or one too few
 */
export function deadLetterOf({ queue, maxReceiveCount, maxAgeSeconds }: RequestedDeadLetter, retry: RetryPolicy | undefined): DeadLetterPolicy {
  if (retry) return { queue, maxReceiveCount: attemptsUnder(retry, maxReceiveCount, maxAgeSeconds) };
  if (maxReceiveCount !== undefined && maxAgeSeconds === undefined) return { queue, maxReceiveCount };
  if (maxReceiveCount === undefined && maxAgeSeconds !== undefined) return { queue, maxAgeSeconds };
  throw maxAgeSeconds === undefined
    ? wrong('maxReceiveCount', 'is missing, and so is maxAgeSeconds: a policy has one of them')
    : wrong('maxAgeSeconds', 'does not go with maxReceiveCount: a policy has one of them', maxAgeSeconds);
}

function attemptsUnder(retry: RetryPolicy, maxReceiveCount: number | undefined, maxAgeSeconds: number | undefined): number {
  const attempts = attemptsOf(retry);
  const isOther = maxReceiveCount !== undefined && maxReceiveCount !== attempts;
  if (isOther) throw wrong('maxReceiveCount', `is not for a pushed subscription: its retry policy makes ${attempts} attempts`, maxReceiveCount);
  if (maxAgeSeconds !== undefined) throw wrong('maxAgeSeconds', `is not for a pushed subscription: its retry policy makes ${attempts} attempts`, maxAgeSeconds);
  return attempts;
}

function wrong(name: keyof RequestedDeadLetter, problem: string, value?: number): CallerError {
  const field = `deadLetter.${name}`;
  return new CallerError('malformedRequest', `${field} ${problem}`, { field, ...(value === undefined ? {} : { value }) });
}
