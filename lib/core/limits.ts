import { CallerError } from './errors.ts';

/** An inclusive range, of whole numbers unless it says otherwise. */
export interface Limit {
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  /** Parts of one are allowed. */
  readonly takesFractions?: boolean;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** Every bound of the public API, in one place: validation, OpenAPI and docs/protocol.md read this table. */
export const limits = {
  nameLength: { min: 1, max: 80, unit: 'characters' },
  requestBytes: { min: 0, max: 4 * MIB, unit: 'bytes' },
  answerBytes: { min: 0, max: 4 * MIB, unit: 'bytes' },
  batchEntries: { min: 1, max: 1000, unit: 'entries' },
  receiveMessages: { min: 1, max: 1000, unit: 'messages' },
  messageBytes: { min: 0, max: MIB, unit: 'bytes' },
  maxMessageBytes: { min: 1 * KIB, max: MIB, unit: 'bytes' },
  attributeCount: { min: 0, max: 20, unit: 'attributes' },
  attributeNameLength: { min: 1, max: 128, unit: 'characters' },
  attributeValueLength: { min: 0, max: 4096, unit: 'characters' },
  tagCount: { min: 0, max: 5, unit: 'tags' },
  tagLength: { min: 1, max: 64, unit: 'characters' },
  /** 0: as if there were none. */
  routingKeyLength: { min: 0, max: 255, unit: 'characters' },
  routingKeyWords: { min: 0, max: 16, unit: 'words' },
  bindingKeyLength: { min: 1, max: 255, unit: 'characters' },
  bindingKeyWords: { min: 1, max: 16, unit: 'words' },
  bindingKeyCount: { min: 1, max: 100, unit: 'keys' },
  filterTagCount: { min: 1, max: 100, unit: 'tags' },
  anyOfCount: { min: 1, max: 100, unit: 'alternatives' },
  /** As JSON: a subscription keeps it, and those that it had before, in one item. */
  subscriptionFilterBytes: { min: 2, max: 16 * KIB, unit: 'bytes' },
  visibilityTimeoutSeconds: { min: 1, max: 43_200, unit: 'seconds' },
  changeVisibilitySeconds: { min: 0, max: 43_200, unit: 'seconds' },
  waitSeconds: { min: 0, max: 20, unit: 'seconds' },
  /** Of dialects that promise more; who answers within less waits for less. */
  longWaitSeconds: { min: 0, max: 30, unit: 'seconds' },
  retentionSeconds: { min: 60, max: 400 * 86_400, unit: 'seconds' },
  /** 0 = off. */
  rewindSeconds: { min: 0, max: 400 * 86_400, unit: 'seconds' },
  /** A hundred years: "any delay" with an end that a date can still hold. */
  delaySeconds: { min: 0, max: 100 * 366 * 86_400, unit: 'seconds' },
  maxReceiveCount: { min: 1, max: 10_000, unit: 'receives' },
  /** Of a dead-letter policy; also below the retention. */
  maxAgeSeconds: { min: 60, max: 400 * 86_400, unit: 'seconds' },
  inlineSegmentBytes: { min: 0, max: 256 * KIB, unit: 'bytes' },
  /** Of a rewind or a replay, as JSON: its record keeps it, and a list of them shows it. */
  filterBytes: { min: 2, max: 64 * KIB, unit: 'bytes' },
  /** A replay's: 1 = as fast as the messages were sent. */
  replaySpeed: { min: 0.01, max: 1000, unit: 'times', takesFractions: true },
  replayMessagesPerSecond: { min: 0.01, max: 10_000, unit: 'messages', takesFractions: true },
  /** Own numbers of a retry policy. */
  retryDelays: { min: 1, max: 100, unit: 'delays' },
  retryDelaySeconds: { min: 1, max: 43_200, unit: 'seconds' },
  retries: { min: 0, max: 1000, unit: 'retries' },
  pushConcurrency: { min: 1, max: 100, unit: 'deliveries' },
  pushMessagesPerSecond: { min: 0.01, max: 10_000, unit: 'messages', takesFractions: true },
  idempotencyKeyLength: { min: 1, max: 128, unit: 'characters' },
  /** Of an access key. */
  scopeEntries: { min: 1, max: 100, unit: 'entries' },
  descriptionLength: { min: 0, max: 256, unit: 'characters' },
  listAccessKeys: { min: 1, max: 1000, unit: 'keys' },
  listQueues: { min: 1, max: 1000, unit: 'names' },
  peekMessages: { min: 1, max: 100, unit: 'messages' },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof limits;

/** What a queue has when its creator does not say. */
export const queueDefaults = {
  visibilityTimeoutSeconds: 30,
  retentionSeconds: 345_600,
  rewindSeconds: 0,
  delaySeconds: 0,
  receiveWaitSeconds: 0,
  maxMessageBytes: MIB,
  inlineSegmentBytes: 16 * KIB,
} as const;

/** Names of queues: a letter, then letters, digits, `-`, `_`. Compared exactly. */
export const namePattern = /^[A-Za-z][A-Za-z0-9_-]{0,79}$/;

/** @throws CallerError `parameterOutOfRange`, naming the field, the limit and the value */
export function checkLimit(name: LimitName, field: string, value: number): void {
  const { min, max, unit } = limits[name];
  if (isWithin(name, value)) return;
  throw new CallerError('parameterOutOfRange', `${field} must be ${rangeText(name)}, got ${value}`, { field, min, max, unit, value });
}

/**
 * The same for what a limit counts of a value: characters, entries, words.
 * @throws CallerError `parameterOutOfRange`, naming the field, the limit and the size
 */
export function checkSize(name: LimitName, field: string, size: number): void {
  const { min, max, unit } = limits[name];
  if (isWithin(name, size)) return;
  throw new CallerError('parameterOutOfRange', `${field} must have ${min} to ${max} ${unit}, has ${size}`, { field, min, max, unit, value: size });
}

export function isWithin(name: LimitName, value: number): boolean {
  const { min, max, takesFractions = false }: Limit = limits[name];
  return (takesFractions || Number.isInteger(value)) && value >= min && value <= max;
}

/** `a whole number from 1 to 10 messages` */
export function rangeText(name: LimitName): string {
  const { min, max, unit, takesFractions = false }: Limit = limits[name];
  return `a ${takesFractions ? '' : 'whole '}number from ${min} to ${max} ${unit}`;
}
