import { z } from 'zod';
import type { Queue } from '../../../core/queue.ts';
import { wholeNumber } from './bounded.ts';
import { count } from './count.ts';
import { instantAnswer, renderInstant } from './instant.ts';
import { laterField } from './later.ts';
import { queueName } from './name.ts';

const deadLetter = z.strictObject({
  queue: queueName,
  maxReceiveCount: wholeNumber('maxReceiveCount'),
});

const deadLetterInput = deadLetter.extend({ maxAgeSeconds: laterField() })
  .transform(({ queue, maxReceiveCount }) => ({ queue, maxReceiveCount }));

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
export const queueSettings = z.strictObject({ ...settings, deadLetter: deadLetterInput.exactOptional() });

/** Changes of a queue; omitted ones stay, `deadLetter: null` takes the policy away. */
export const queueChanges = z.strictObject({ ...settings, deadLetter: deadLetterInput.nullable().exactOptional() });

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
  deadLetter: deadLetter.exactOptional(),
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
