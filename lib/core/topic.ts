import type { Notes, QueueSettings } from './queue.ts';
import type { EpochMs } from './time.ts';

/** What a topic decides for all its subscriptions: they read one log. */
export type TopicSettings = Pick<QueueSettings, 'retentionSeconds' | 'rewindSeconds' | 'delaySeconds' | 'maxMessageBytes' | 'inlineSegmentBytes'>;

export interface Topic {
  readonly name: string;
  readonly incarnation: string;
  readonly createdAtMs: EpochMs;
  readonly changedAtMs: EpochMs;
  readonly settings: TopicSettings;
  /** What a dialect remembers of it and nobody else looks at. */
  readonly notes?: Notes;
}
