import { z } from 'zod';
import type { Queue } from '../../../core/queue.ts';
import { wholeNumber } from './bounded.ts';
import { count } from './count.ts';
import { deadLetterPolicy, shownDeadLetter } from './dead-letter.ts';
import { instantAnswer, renderInstant } from './instant.ts';
import { queueName } from './name.ts';

const settings = {
  visibilityTimeoutSeconds: wholeNumber('visibilityTimeoutSeconds').exactOptional(),
  retentionSeconds: wholeNumber('retentionSeconds').exactOptional(),
  rewindSeconds: wholeNumber('rewindSeconds').exactOptional(),
  delaySeconds: wholeNumber('delaySeconds').exactOptional(),
  receiveWaitSeconds: wholeNumber('waitSeconds').exactOptional(),
  maxMessageBytes: wholeNumber('maxMessageBytes').exactOptional(),
  inlineSegmentBytes: wholeNumber('inlineSegmentBytes').exactOptional(),
};

/** Attributes of a queue to be; omitted ones take their defaults. */
export const queueSettings = z.strictObject({ ...settings, deadLetter: deadLetterPolicy.exactOptional() });

/** Changes of a queue; omitted ones stay, `deadLetter: null` takes the policy away. */
export const queueChanges = z.strictObject({ ...settings, deadLetter: deadLetterPolicy.nullable().exactOptional() });

/** A queue as answers show it. */
export const queueAnswer = z.object({
  name: queueName,
  visibilityTimeoutSeconds: count,
  retentionSeconds: count,
  rewindSeconds: count,
  delaySeconds: count,
  receiveWaitSeconds: wholeNumber('longWaitSeconds'),
  maxMessageBytes: count,
  inlineSegmentBytes: count,
  deadLetter: shownDeadLetter.exactOptional(),
  createdAt: instantAnswer,
  changedAt: instantAnswer,
});

export const renderQueue = ({ name, settings, createdAtMs, changedAtMs }: Queue): z.input<typeof queueAnswer> => ({
  name,
  visibilityTimeoutSeconds: settings.visibilityTimeoutSeconds,
  retentionSeconds: settings.retentionSeconds,
  rewindSeconds: settings.rewindSeconds,
  delaySeconds: settings.delaySeconds,
  receiveWaitSeconds: settings.receiveWaitSeconds,
  maxMessageBytes: settings.maxMessageBytes,
  inlineSegmentBytes: settings.inlineSegmentBytes,
  ...(settings.deadLetter && { deadLetter: settings.deadLetter }),
  createdAt: renderInstant(createdAtMs),
  changedAt: renderInstant(changedAtMs),
});
