import { StoreUnavailable } from '../../core/errors.ts';

/** What an error of the AWS SDK, or of the socket below it, may tell; none of it is certain to be there. */
interface SdkError extends Error {
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** The request was not carried out; the SDK has already repeated it. */
const throttlingNames: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException', 'RequestLimitExceeded', 'ThrottlingException', 'Throttling', 'TooManyRequestsException', 'SlowDown',
]);

/** Nobody knows whether the request was carried out. */
const timeoutNames: ReadonlySet<string> = new Set(['TimeoutError', 'RequestTimeout', 'RequestTimeoutException']);

const socketCodes: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN',
]);

const isError = (error: unknown): error is SdkError => error instanceof Error;

/** Whether a request was refused before it was carried out, because there were too many. */
export const isThrottling = (error: unknown): boolean => isError(error) && throttlingNames.has(error.name);

const isUnanswered = (error: SdkError): boolean =>
  timeoutNames.has(error.name) || socketCodes.has(error.code) || (error.$metadata?.httpStatusCode ?? 0) >= 500;

/**
 * What to throw instead of an error of the SDK: `StoreUnavailable` when the store is at fault,
 * the error itself when we are (a malformed request, a missing permission or table).
 */
export function storeFault(store: string, error: unknown, outcomeOfThrottling: StoreUnavailable['outcome'] = 'refused'): unknown {
  if (!isError(error)) return error;
  if (isThrottling(error)) return new StoreUnavailable(`${store} refused for now: ${error.name}`, { outcome: outcomeOfThrottling, cause: error });
  if (isUnanswered(error)) return new StoreUnavailable(`${store} did not answer: ${error.name}: ${error.message}`, { outcome: 'unknown', cause: error });
  return error;
}
