import { CallerError, type CallerErrorKind, type ErrorDetails, ObjectUnreadable, StoreUnavailable } from '../../core/errors.ts';

export interface WireCode {
  readonly status: number;
  readonly code: string;
}

export interface WireError extends WireCode {
  readonly message: string;
  readonly details: ErrorDetails;
}

/** Status and code are public API and never change; texts may. A kind without a row does not compile. */
export const callerErrorCodes = {
  malformedRequest: { status: 400, code: 'MalformedRequest' },
  notSupportedYet: { status: 400, code: 'NotSupportedYet' },
  parameterOutOfRange: { status: 400, code: 'ParameterOutOfRange' },
  requestTooLarge: { status: 413, code: 'RequestTooLarge' },
  messageTooLarge: { status: 413, code: 'MessageTooLarge' },
  routeNotFound: { status: 404, code: 'RouteNotFound' },
  methodNotAllowed: { status: 405, code: 'MethodNotAllowed' },
  queueNotFound: { status: 404, code: 'QueueNotFound' },
  queueExistsWithOtherSettings: { status: 409, code: 'QueueExistsWithOtherSettings' },
  queueInUse: { status: 409, code: 'QueueInUse' },
  topicNotFound: { status: 404, code: 'TopicNotFound' },
  topicExistsWithOtherSettings: { status: 409, code: 'TopicExistsWithOtherSettings' },
  subscriptionNotFound: { status: 404, code: 'SubscriptionNotFound' },
  subscriptionExistsWithOtherSettings: { status: 409, code: 'SubscriptionExistsWithOtherSettings' },
  subscriptionIsPushed: { status: 409, code: 'SubscriptionIsPushed' },
  endpointUnresolvable: { status: 400, code: 'EndpointUnresolvable' },
  endpointForbidden: { status: 400, code: 'EndpointForbidden' },
  deliveryQueueNotFound: { status: 400, code: 'DeliveryQueueNotFound' },
  deliveryCycle: { status: 400, code: 'DeliveryCycle' },
  tooManyFilterChanges: { status: 409, code: 'TooManyFilterChanges' },
  queueIsChanging: { status: 409, code: 'QueueIsChanging' },
  deadLetterQueueNotFound: { status: 400, code: 'DeadLetterQueueNotFound' },
  deadLetterCycle: { status: 400, code: 'DeadLetterCycle' },
  messageNotFound: { status: 404, code: 'MessageNotFound' },
  messageNotDelayed: { status: 409, code: 'MessageNotDelayed' },
  receiptHandleInvalid: { status: 400, code: 'ReceiptHandleInvalid' },
  receiptHandleStale: { status: 409, code: 'ReceiptHandleStale' },
  receiptHandleRewound: { status: 409, code: 'ReceiptHandleRewound' },
  redriveNotFound: { status: 404, code: 'RedriveNotFound' },
  replayNotFound: { status: 404, code: 'ReplayNotFound' },
  rewindIsOff: { status: 409, code: 'RewindIsOff' },
  rewindOutOfRange: { status: 400, code: 'RewindOutOfRange' },
  rewindNotFound: { status: 404, code: 'RewindNotFound' },
  rewindNotUndoable: { status: 409, code: 'RewindNotUndoable' },
  tooManyRewinds: { status: 409, code: 'TooManyRewinds' },
  idempotencyKeyReused: { status: 409, code: 'IdempotencyKeyReused' },
  authenticationFailed: { status: 401, code: 'AuthenticationFailed' },
  accessDenied: { status: 403, code: 'AccessDenied' },
  accessKeyNotFound: { status: 404, code: 'AccessKeyNotFound' },
  accessKeyIsRevoked: { status: 409, code: 'AccessKeyIsRevoked' },
  accessKeyIsChanging: { status: 409, code: 'AccessKeyIsChanging' },
  accessKeysAreOff: { status: 409, code: 'AccessKeysAreOff' },
  hostNotAllowed: { status: 403, code: 'HostNotAllowed' },
} as const satisfies Record<CallerErrorKind, WireCode>;

/** Faults that are not the caller's. */
export const faultCodes = {
  storeUnavailable: { status: 503, code: 'TryAgain' },
  objectUnreadable: { status: 500, code: 'ObjectUnreadable' },
  bug: { status: 500, code: 'InternalError' },
} as const satisfies Record<string, WireCode>;

/** What the caller may know of an error. Of a bug: nothing. */
export function toWireError(error: unknown): WireError {
  if (error instanceof CallerError) {
    return { ...callerErrorCodes[error.kind], message: clipText(error.message), details: clipDetails(error.details) };
  }
  if (error instanceof StoreUnavailable) {
    return { ...faultCodes.storeUnavailable, message: 'the store did not answer, or refused for now: try again', details: {} };
  }
  if (error instanceof ObjectUnreadable) {
    return { ...faultCodes.objectUnreadable, message: error.message, details: { objectKey: error.objectKey } };
  }
  return { ...faultCodes.bug, message: 'internal error', details: {} };
}

/** An id or a name that is none may be megabytes long: an error repeats only so much of a request. */
const REPEATED_CHARACTERS_MAX = 300;

const clipText = (text: string): string => (
  text.length > REPEATED_CHARACTERS_MAX ? `${text.slice(0, REPEATED_CHARACTERS_MAX)}…` : text
);

const clipDetails = (details: ErrorDetails): ErrorDetails => Object.fromEntries(
  Object.entries(details).map(([name, value]) => [name, typeof value === 'string' ? clipText(value) : value]),
);
