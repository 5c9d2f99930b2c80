import { limits } from '../../core/limits.ts';

/** Inclusive. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

const MIB = 1_048_576;

/** The bounds of this dialect, where they are not the core's. */
export const cmqLimits = {
  /** Of what is made here; what was made elsewhere may have more. */
  nameLength: { min: 1, max: 64 },
  maxMsgHeapNum: { min: 1_000_000, max: 1_000_000_000 },
  pollingWaitSeconds: limits.longWaitSeconds,
  visibilityTimeout: limits.visibilityTimeoutSeconds,
  maxMsgSize: limits.maxMessageBytes,
  msgRetentionSeconds: { min: 60, max: 1_296_000 },
  rewindSeconds: { min: 0, max: 1_296_000 },
  /** Ten weeks: the most that any of the clients lets through. */
  delaySeconds: { min: 0, max: 6_048_000 },
  batch: { min: 1, max: 16 },
  batchBytes: { min: 1, max: MIB },
  maxReceiveCount: { min: 1, max: 1000 },
  /** Seconds; also below the retention. */
  maxTimeToLive: { min: 300, max: 43_200 },
  filterType: { min: 0, max: 2 },
  tags: { min: 0, max: 5 },
  tagLength: { min: 1, max: 16 },
  bindingKeys: { min: 0, max: 5 },
  keyBytes: { min: 0, max: 64 },
  keyDots: { min: 0, max: 15 },
  endpointLength: { min: 1, max: 500 },
  listOffset: { min: 0, max: 1_000_000 },
  listLimit: { min: 1, max: 50 },
  subscriptionOffset: { min: 0, max: 1000 },
  subscriptionLimit: { min: 0, max: 100 },
  /** Any instant that a date can hold. */
  unixSeconds: { min: 0, max: 8_640_000_000_000 },
} as const satisfies Record<string, Range>;

/** A receive is answered by then, whatever was asked for: a second later the gateway would be asked for more than it bears. */
export const WAIT_SECONDS_MAX = 27;

export const cmqDefaults = {
  maxMsgHeapNum: 100_000_000,
  maxMsgSize: 65_536,
  topicRetentionSeconds: 86_400,
  listLimit: 20,
} as const;
