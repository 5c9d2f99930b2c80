import type { DynamoDBClient, ServiceInputTypes, ServiceOutputTypes } from '@aws-sdk/client-dynamodb';
import type { FinalizeRequestMiddleware } from '@smithy/types';
import { isThrottling, storeFault } from '../items/sdk-faults.ts';

/** Commands of which an attempt failed without a definite answer, by the SDK's context object. */
const unansweredCommands = new WeakSet();

/** Throttling errors that came after such an attempt. */
const throttledAfterUnanswered = new WeakSet();

/**
 * Lets `toStoreFault` tell a write that was only ever throttled from one that may have landed in an
 * earlier attempt: the SDK repeats by itself, and shows only the error of the last attempt.
 */
export function watchAttempts(client: DynamoDBClient): void {
  client.middlewareStack.addRelativeTo(noteFailedAttempt, { relation: 'after', toMiddleware: 'retryMiddleware', name: 'noteFailedAttempt' });
}

const noteFailedAttempt: FinalizeRequestMiddleware<ServiceInputTypes, ServiceOutputTypes> = (next, context) => async (request) => {
  try {
    return await next(request);
  } catch (error) {
    if (!isThrottling(error)) unansweredCommands.add(context);
    else if (error instanceof Error && unansweredCommands.has(context)) throttledAfterUnanswered.add(error);
    throw error;
  }
};

/** What to throw instead of an error of DynamoDB's client. */
export function toStoreFault(error: unknown): unknown {
  const mayHaveLanded = error instanceof Error && throttledAfterUnanswered.has(error);
  return storeFault('the table', error, mayHaveLanded ? 'unknown' : 'refused');
}
