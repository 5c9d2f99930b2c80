import { CallerError, type CallerErrorKind, StoreUnavailable } from '../../core/errors.ts';

interface Refusal {
  readonly code: number;
  readonly module: number;
  /** `%s` stands for the parameter at fault. */
  readonly text: string;
}

const refusal = (code: number, module: number, text: string): Refusal => ({ code, module, text });

/**
 * Every error of this dialect: code, module and text are API, since clients compare all three. They are the
 * original's, its spelling included. Modules mean one thing for queues and another for topics.
 */
export const refusals = {
  actionMissing: refusal(4000, 10_280, 'action is not existed'),
  actionUnknown: refusal(4000, 10_430, 'action name %s is not existed'),
  methodNotAllowed: refusal(4000, 10_410, 'unexpected http %s only GET or POST is supported'),
  unreadable: refusal(4000, 10_420, 'cannot parse %s, or request size is more than 1MB'),
  secretIdForm: refusal(4000, 10_450, "secret id dosen't begin with AKID"),
  authenticationFailed: refusal(4100, 10_030, 'authentication failed'),

  parametersWrong: refusal(4000, 10_110, 'request parameters error'),
  keyForm: refusal(4000, 10_310, 'error: parameter %s key format error'),
  notRepeatable: refusal(4000, 10_330, 'parameter %s is NOT a repeatable parameter'),
  outOfRange: refusal(4000, 10_350, 'parameter %s value or length is out of range'),
  wrongType: refusal(4000, 10_360, 'parameter %s error type'),
  batchSize: refusal(4000, 10_370, '%s parameter batch size is out of range'),
  notConsecutive: refusal(4000, 10_380, '%s parameter is not consequent'),
  missing: refusal(4000, 10_390, 'lacked of required parameter %s'),

  queueNotFound: refusal(4440, 10_100, 'queue is not existed, or deleted'),
  queueExists: refusal(4460, 10_210, 'queue is already existed'),
  queueNameForm: refusal(4000, 10_020, 'queue name format error'),
  operationNotAllowed: refusal(4490, 10_780, 'operation not allowed'),
  messageTooLarge: refusal(4400, 10_230, 'exceed maximum message size'),
  bodyEmpty: refusal(4000, 10_120, "message body can't be empty"),
  batchTooLarge: refusal(4470, 10_300, 'total message size exceed 1MB'),
  delayOutOfRange: refusal(4000, 10_692, 'delay seconds is out of range'),
  noMessage: refusal(7000, 10_200, 'no message'),
  handleForm: refusal(4000, 10_470, 'receiptHandle error'),
  handleInvalid: refusal(4430, 10_260, 'receipt handle is invalid'),
  deletePartlyFailed: refusal(6010, 10_150, 'delete message partially failed'),
  deleteFailed: refusal(6020, 10_290, 'batch delete message failed'),
  rewindIsOff: refusal(6050, 10_670, 'your queue cannot be rewinded'),
  rewindTime: refusal(4000, 10_680, 'invalid rewind time, you can get the vaild range of that via GetQueueAttributes'),
  rewindBeyondRetention: refusal(4000, 10_700, 'rewindSeconds cannot be greater than msgRetentionSeconds'),

  topicNotFound: refusal(4440, 10_600, 'topic is not existed, or deleted'),
  topicExists: refusal(4460, 10_550, 'topic is already existed'),
  topicNameForm: refusal(4000, 10_590, 'topic name format error'),
  topicHasSubscriptions: refusal(4000, 10_540, 'there exists subscriptions under this topic, please unsubscribe all of them before DeleteTopic'),
  subscriptionNotFound: refusal(4440, 10_600, 'subscription is not existed, or deleted'),
  subscriptionExists: refusal(4490, 10_470, 'subscribtion is already existed'),
  subscriptionNameForm: refusal(4000, 10_580, 'subscription name format error'),
  tooManyFilterTags: refusal(4000, 10_490, 'number of filterTag exceed limit'),
  tooManyBindingKeys: refusal(4000, 10_680, 'too many bindingKey'),
  tooManyDots: refusal(4000, 10_691, 'too many delimeters (dots)'),
  endpointForm: refusal(4000, 10_500, 'endpoint format error'),
  endpointBlank: refusal(4510, 10_570, 'url connot contain any blank characters'),
  endpointIllegal: refusal(4000, 10_630, 'illegal endpoint'),
  protocolUnknown: refusal(4000, 10_510, 'undefined protocol'),
  notifyStrategyUnknown: refusal(4000, 10_520, 'undefined notify retry stragety'),
  contentFormatUnknown: refusal(4000, 10_530, 'undefined notify content format'),
  queueNeedsSimplified: refusal(4000, 10_640, 'notifyContentFormat of protocol queue must be SIMPLIFIED'),
  routingKeyMissing: refusal(4000, 10_700, 'parameters lack of routingKey'),
  bindingKeyMissing: refusal(4000, 10_710, 'parameters lack of bindingKey'),
  tooManyMessageTags: refusal(4000, 10_720, 'too many msgTag'),
  noSubscription: refusal(6030, 10_650, 'topic has no subscription, please create a subscription before publishing message'),
  noMatch: refusal(6030, 10_730, 'no bindingKey or filterTag matches the routingKey or msgTag'),

  throttled: refusal(4420, 10_250, 'qps throttling'),
  slowDown: refusal(4480, 10_460, 'exceed interface frequency limit, please slow down'),
  internalError: refusal(6000, 10_050, 'server internal error'),
} as const satisfies Record<string, Refusal>;

export type RefusalName = keyof typeof refusals;

/** What every failed answer says. */
export interface WireError {
  readonly code: number;
  readonly message: string;
}

/** A request that this dialect refuses; `subject` stands in the text for `%s`. */
export class CmqRefusal extends Error {
  override readonly name = 'CmqRefusal';
  readonly refusal: RefusalName;
  readonly subject: string;
  /** Fields of the answer beside code and message. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(refusal: RefusalName, subject = '', fields: Readonly<Record<string, unknown>> = {}) {
    super(wireError(refusal, subject).message);
    this.refusal = refusal;
    this.subject = subject;
    this.fields = fields;
  }
}

const SUBJECT_CHARACTERS_SHOWN = 64;

export function wireError(name: RefusalName, subject = ''): WireError {
  const { code, module, text } = refusals[name];
  return { code, message: `(${module})${text.replace('%s', () => subject.slice(0, SUBJECT_CHARACTERS_SHOWN))}` };
}

/** What the core refuses, in the words of this dialect. A kind without a row does not compile. */
export const callerErrorRefusals = {
  malformedRequest: 'parametersWrong',
  notSupportedYet: 'parametersWrong',
  parameterOutOfRange: 'outOfRange',
  requestTooLarge: 'unreadable',
  messageTooLarge: 'messageTooLarge',
  routeNotFound: 'actionUnknown',
  methodNotAllowed: 'methodNotAllowed',
  queueNotFound: 'queueNotFound',
  queueExistsWithOtherSettings: 'queueExists',
  queueInUse: 'operationNotAllowed',
  topicNotFound: 'topicNotFound',
  topicExistsWithOtherSettings: 'topicExists',
  subscriptionNotFound: 'subscriptionNotFound',
  subscriptionExistsWithOtherSettings: 'subscriptionExists',
  tooManyFilterChanges: 'slowDown',
  subscriptionIsPushed: 'operationNotAllowed',
  endpointUnresolvable: 'endpointIllegal',
  endpointForbidden: 'endpointIllegal',
  deliveryQueueNotFound: 'endpointIllegal',
  deliveryCycle: 'endpointIllegal',
  queueIsChanging: 'slowDown',
  deadLetterQueueNotFound: 'queueNotFound',
  deadLetterCycle: 'operationNotAllowed',
  messageNotFound: 'parametersWrong',
  messageNotDelayed: 'parametersWrong',
  receiptHandleInvalid: 'handleInvalid',
  receiptHandleStale: 'handleInvalid',
  receiptHandleRewound: 'handleInvalid',
  redriveNotFound: 'parametersWrong',
  replayNotFound: 'parametersWrong',
  rewindIsOff: 'rewindIsOff',
  rewindOutOfRange: 'rewindTime',
  rewindNotFound: 'parametersWrong',
  rewindNotUndoable: 'operationNotAllowed',
  tooManyRewinds: 'slowDown',
  idempotencyKeyReused: 'parametersWrong',
  hostNotAllowed: 'authenticationFailed',
  authenticationFailed: 'authenticationFailed',
  accessDenied: 'authenticationFailed',
  accessKeyNotFound: 'parametersWrong',
  accessKeyIsRevoked: 'operationNotAllowed',
  accessKeyIsChanging: 'slowDown',
  accessKeysAreOff: 'operationNotAllowed',
} as const satisfies Record<CallerErrorKind, RefusalName>;

/** Any error as a refusal. Of a bug the caller is told nothing. */
export function toRefusal(error: unknown): CmqRefusal {
  if (error instanceof CmqRefusal) return error;
  if (error instanceof CallerError) return new CmqRefusal(callerErrorRefusals[error.kind], fieldOf(error));
  if (error instanceof StoreUnavailable && error.outcome === 'refused') return new CmqRefusal('throttled');
  return new CmqRefusal('internalError');
}

const fieldOf = ({ details: { field } }: CallerError): string => (typeof field === 'string' ? field : 'request');
