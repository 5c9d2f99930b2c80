/** What the caller did wrong. Each kind has one wire code per dialect, in that dialect's error table. */
export type CallerErrorKind =
  | 'malformedRequest'
  | 'notSupportedYet'
  | 'parameterOutOfRange'
  | 'requestTooLarge'
  | 'messageTooLarge'
  | 'routeNotFound'
  | 'methodNotAllowed'
  | 'queueNotFound'
  | 'queueExistsWithOtherSettings'
  | 'queueInUse'
  | 'topicNotFound'
  | 'topicExistsWithOtherSettings'
  | 'subscriptionNotFound'
  | 'subscriptionExistsWithOtherSettings'
  | 'tooManyFilterChanges'
  | 'subscriptionIsPushed'
  | 'endpointUnresolvable'
  | 'endpointForbidden'
  | 'deliveryQueueNotFound'
  | 'deliveryCycle'
  | 'queueIsChanging'
  | 'deadLetterQueueNotFound'
  | 'deadLetterCycle'
  | 'messageNotFound'
  | 'messageNotDelayed'
  | 'receiptHandleInvalid'
  | 'receiptHandleStale'
  | 'receiptHandleRewound'
  | 'redriveNotFound'
  | 'replayNotFound'
  | 'rewindIsOff'
  | 'rewindOutOfRange'
  | 'rewindNotFound'
  | 'rewindNotUndoable'
  | 'tooManyRewinds'
  | 'idempotencyKeyReused'
  | 'authenticationFailed'
  | 'accessDenied'
  | 'accessKeyNotFound'
  | 'accessKeyIsRevoked'
  | 'accessKeyIsChanging'
  | 'accessKeysAreOff'
  | 'hostNotAllowed';

export type ErrorDetails = Readonly<Record<string, unknown>>;

/** The caller's mistake. The kind is API (through the dialect's table) and never changes; the text may. */
export class CallerError extends Error {
  override readonly name = 'CallerError';
  readonly kind: CallerErrorKind;
  /** What a program may want to read: the field, its limit, the value. Never a secret. */
  readonly details: ErrorDetails;

  constructor(kind: CallerErrorKind, message: string, details: ErrorDetails = {}) {
    super(message);
    this.kind = kind;
    this.details = details;
  }
}

/**
 * An object that must be there is missing or damaged. Nobody knows what it holds until somebody puts it
 * back; whatever else is asked for can still be answered.
 */
export class ObjectUnreadable extends Error {
  override readonly name = 'ObjectUnreadable';
  readonly objectKey: string;

  constructor(objectKey: string, problem: string, options: { readonly cause?: unknown } = {}) {
    super(`the object ${objectKey} cannot be read: ${problem}`, options);
    this.objectKey = objectKey;
  }
}

/**
 * A dependency did not answer, or refused for now. The whole request may be retried.
 * `outcome` says what is known of a write: `refused` (throttled, it did not happen) or
 * `unknown` (it may have landed): after `unknown` only the same key may be tried again.
 */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
  readonly outcome: 'refused' | 'unknown';

  constructor(message: string, options: { readonly outcome: 'refused' | 'unknown'; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.outcome = options.outcome;
  }
}
