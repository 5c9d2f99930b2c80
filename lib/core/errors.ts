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
  | 'queueIsChanging'
  | 'deadLetterQueueNotFound'
  | 'deadLetterCycle'
  | 'messageNotFound'
  | 'messageNotDelayed'
  | 'receiptHandleInvalid'
  | 'receiptHandleStale'
  | 'receiptHandleRewound'
  | 'redriveNotFound'
  | 'rewindIsOff'
  | 'rewindOutOfRange'
  | 'rewindNotFound'
  | 'rewindNotUndoable'
  | 'tooManyRewinds'
  | 'idempotencyKeyReused'
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
