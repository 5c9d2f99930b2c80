import type { EpochMs } from './time.ts';

/** When a message is moved aside, and where to. */
export type DeadLetterPolicy = {
  /** Name of the queue that takes the dead letters; it must exist, and may not be deleted while named here. */
  readonly queue: string;
} & (
  /** Once it was received this often and not deleted … */
  | { readonly maxReceiveCount: number; readonly maxAgeSeconds?: never }
  /** … or once it could have been consumed for this long and was not. */
  | { readonly maxAgeSeconds: number; readonly maxReceiveCount?: never }
);

export interface QueueSettings {
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  /** How far back a rewind may go; 0 = off: what is deleted is gone. */
  readonly rewindSeconds: number;
  readonly delaySeconds: number;
  readonly receiveWaitSeconds: number;
  readonly maxMessageBytes: number;
  /** A send that packs to more goes to the object store first. docs/adr/ has the figures. */
  readonly inlineSegmentBytes: number;
  readonly deadLetter?: DeadLetterPolicy;
}

/** How long a message is kept, and delivered if nobody deleted it: with rewind, for the rewind period if that is longer. */
export const historySeconds = ({ retentionSeconds, rewindSeconds }: Pick<QueueSettings, 'retentionSeconds' | 'rewindSeconds'>): number =>
  Math.max(retentionSeconds, rewindSeconds);

export interface Queue {
  readonly name: string;
  readonly incarnation: string;
  readonly createdAtMs: EpochMs;
  readonly changedAtMs: EpochMs;
  readonly settings: QueueSettings;
  /** What a dialect remembers of it and nobody else looks at. */
  readonly notes?: Notes;
}

/** Plain data of a dialect, by its own names. */
export type Notes = Readonly<Record<string, number>>;
