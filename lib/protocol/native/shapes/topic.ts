import { z } from 'zod';
import type { Topic } from '../../../core/topic.ts';
import { count } from './count.ts';
import { instantAnswer, renderInstant } from './instant.ts';
import { queueName } from './name.ts';
import { queueSettings } from './queue.ts';

/** Attributes of a topic; omitted ones take their defaults, or stay. */
export const topicSettings = queueSettings.pick({
  retentionSeconds: true, rewindSeconds: true, delaySeconds: true, maxMessageBytes: true, inlineSegmentBytes: true,
});

/** A topic as answers show it. */
export const topicAnswer = z.object({
  name: queueName,
  retentionSeconds: count,
  rewindSeconds: count,
  delaySeconds: count,
  maxMessageBytes: count,
  inlineSegmentBytes: count,
  createdAt: instantAnswer,
  changedAt: instantAnswer,
});

export const renderTopic = ({ name, settings, createdAtMs, changedAtMs }: Topic): z.input<typeof topicAnswer> => ({
  name,
  retentionSeconds: settings.retentionSeconds,
  rewindSeconds: settings.rewindSeconds,
  delaySeconds: settings.delaySeconds,
  maxMessageBytes: settings.maxMessageBytes,
  inlineSegmentBytes: settings.inlineSegmentBytes,
  createdAt: renderInstant(createdAtMs),
  changedAt: renderInstant(changedAtMs),
});
