import { CallerError } from '../errors.ts';
import { checkLimit, type LimitName, limits, namePattern, queueDefaults } from '../limits.ts';
import type { DeadLetterPolicy, QueueSettings } from '../queue.ts';

/** The numbers among a queue's settings, with the limit of each. */
const limitOf = {
  visibilityTimeoutSeconds: 'visibilityTimeoutSeconds',
  retentionSeconds: 'retentionSeconds',
  rewindSeconds: 'rewindSeconds',
  delaySeconds: 'delaySeconds',
  receiveWaitSeconds: 'longWaitSeconds',
  maxMessageBytes: 'maxMessageBytes',
  inlineSegmentBytes: 'inlineSegmentBytes',
} as const satisfies Partial<Record<keyof QueueSettings, LimitName>>;

const numbers = ['visibilityTimeoutSeconds', 'retentionSeconds', 'rewindSeconds', 'delaySeconds', 'receiveWaitSeconds', 'maxMessageBytes', 'inlineSegmentBytes'] as const satisfies readonly (keyof typeof limitOf)[];

export const withDefaults = (settings: Partial<QueueSettings>): QueueSettings => ({ ...queueDefaults, ...settings });

/** @throws CallerError `parameterOutOfRange` */
export function checkSettings(settings: QueueSettings): void {
  for (const field of numbers) checkLimit(limitOf[field], field, settings[field]);
  if (settings.deadLetter) checkDeadLetter(settings.deadLetter, settings);
}

/** What is kept for less than its age would expire before it. */
export function checkDeadLetter({ queue, maxReceiveCount, maxAgeSeconds }: DeadLetterPolicy, { retentionSeconds }: Pick<QueueSettings, 'retentionSeconds'>): void {
  checkName(queue, 'deadLetter.queue');
  if (maxReceiveCount !== undefined) return checkLimit('maxReceiveCount', 'deadLetter.maxReceiveCount', maxReceiveCount);
  const field = 'deadLetter.maxAgeSeconds';
  checkLimit('maxAgeSeconds', field, maxAgeSeconds);
  if (maxAgeSeconds < retentionSeconds) return;
  const { min, unit } = limits.maxAgeSeconds;
  throw new CallerError('parameterOutOfRange', `${field} must be less than the retention of ${retentionSeconds} seconds, got ${maxAgeSeconds}`, {
    field, min, max: retentionSeconds - 1, unit, value: maxAgeSeconds,
  });
}

export function checkName(name: string, field = 'name'): void {
  if (namePattern.test(name)) return;
  throw new CallerError('parameterOutOfRange',
    `${field} must be a letter, then letters, digits, '-' or '_', up to 80 characters, got ${JSON.stringify(name.slice(0, 100))}`, { field, value: name.slice(0, 100) });
}

export const isSameSettings = (a: QueueSettings, b: QueueSettings): boolean =>
  numbers.every((field) => a[field] === b[field])
  && a.deadLetter?.queue === b.deadLetter?.queue && a.deadLetter?.maxReceiveCount === b.deadLetter?.maxReceiveCount
  && a.deadLetter?.maxAgeSeconds === b.deadLetter?.maxAgeSeconds;
