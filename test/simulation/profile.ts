import type { QueueSettings } from '../../lib/core/queue.ts';
import { subscriptionNames } from './actors/subscriptions.ts';
import type { Dice } from './dice.ts';
import { drawRates, type FaultRates } from './faults.ts';
import type { Play } from './world.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const MONTH_SECONDS = 30 * 86_400;

/** What kind of run a seed is: drawn first, so that each run is one-sided in its own way. */
export interface Profile {
  readonly rates: FaultRates;
  readonly slowness: number;
  readonly instances: number;
  /** Pauses of a client between two requests. */
  readonly pauseMs: { readonly min: number; readonly max: number };
  readonly operations: number;
  readonly settings: Partial<QueueSettings>;
  readonly maxReceiveCount: number | undefined;
  /** Instead: messages become dead letters by age. */
  readonly maxAgeSeconds: number | undefined;
  readonly batches: readonly number[];
  readonly receives: readonly number[];
  readonly paddings: readonly number[];
  /** History outlives the table, and is archived. */
  readonly hasArchive: boolean;
  /** By far: within about a day. */
  readonly hasShortHotLife: boolean;
  /** The subscriptions of the topic; none: there is a queue. */
  readonly subscriptions: readonly string[];
  /** Actors by name, and how many of each. */
  readonly cast: ReadonlyMap<string, number>;
}

const paces = [
  { pauseMs: { min: 1, max: 200 }, operations: 24 },
  { pauseMs: { min: 5, max: 5 * SECOND_MS }, operations: 24 },
  { pauseMs: { min: 20, max: 2 * MINUTE_MS }, operations: 20 },
  { pauseMs: { min: SECOND_MS, max: 3 * HOUR_MS }, operations: 16 },
  { pauseMs: { min: 10 * SECOND_MS, max: 40 * HOUR_MS }, operations: 12 },
] as const;

const sizes = [
  { batches: [1], receives: [1, 3, 10] },
  { batches: [1, 1, 3, 10], receives: [1, 3, 10, 100] },
  { batches: [1, 10, 100], receives: [10, 100, 1000] },
  { batches: [1, 100, 300], receives: [100, 1000] },
] as const;

export function drawProfile(dice: Dice, play: Play): Profile {
  const profile = drawQueueProfile(dice);
  return play === 'queue' ? byAge(profile, dice.fork('age')) : asTopic(profile, dice.fork('topic'));
}

/** Some of those without dead letters by receive count. */
function byAge(profile: Profile, dice: Dice): Profile {
  const isByAge = dice.chance(0.4) && profile.maxReceiveCount === undefined && (profile.settings.retentionSeconds ?? 0) > 60;
  return isByAge ? { ...profile, maxAgeSeconds: dice.pick([60, 60, 400]), cast: new Map([...profile.cast, ['ageHousekeeper', dice.between(1, 3)]]) } : profile;
}

function drawQueueProfile(dice: Dice): Profile {
  const hasArchive = dice.fork('archive').chance(0.2);
  const isLong = dice.chance(0.5);
  const bulk = dice.pick([0, 0, 1, 1, 1, 2, 3]);
  const drawnPace = paces[dice.pick([0, 0, 1, 1, 1, 2, 2, 3, 4])] ?? paces[0];
  // It takes days until something is archived, and more until the table has let go of it.
  const pace = hasArchive ? paces[4] : drawnPace;
  const size = sizes[bulk] ?? sizes[0];
  return {
    rates: drawRates(dice.fork('rates')),
    slowness: dice.pick([1, 1, 3]),
    instances: dice.between(2, 5),
    ...pace, ...size,
    operations: Math.ceil(pace.operations * (bulk > 1 ? 0.5 : 1)),
    settings: {
      visibilityTimeoutSeconds: dice.pick([1, 2, 5, 5, 30, 120, ...(isLong ? [4000] : [])]),
      retentionSeconds: dice.pick([60, 600, 3600, 345_600, 345_600, 345_600]),
      inlineSegmentBytes: dice.pick([0, 100, 16 * 1024, 16 * 1024, 16 * 1024]),
      maxMessageBytes: 4096,
      delaySeconds: dice.pick([0, 0, 0, 1]),
      rewindSeconds: hasArchive ? MONTH_SECONDS : dice.fork('rewind').pick([0, 60, 3600, 345_600, 345_600]),
    },
    hasArchive,
    hasShortHotLife: hasArchive && dice.fork('short hot life').chance(0.6),
    maxReceiveCount: dice.pick([undefined, undefined, 1, 2, 4]),
    maxAgeSeconds: undefined,
    paddings: dice.pick([[0], [0, 40], [0, 300, 3000]]),
    subscriptions: [],
    cast: drawCast(dice.fork('cast')),
  };
}

/** Each message is delivered several times: fewer deeds do. */
function asTopic(profile: Profile, dice: Dice): Profile {
  const subscriptions = subscriptionNames.filter(() => dice.chance(0.5));
  return {
    ...profile, operations: Math.ceil(profile.operations / 2), subscriptions: subscriptions.length > 0 ? subscriptions : ['all'],
    cast: drawTopicCast(dice.fork('cast'), subscriptions),
  };
}

function drawTopicCast(dice: Dice, subscriptions: readonly string[]): ReadonlyMap<string, number> {
  return new Map<string, number>([
    ['publisher', dice.between(1, 4)],
    ...subscriptions.map((name): [string, number] => [`${name}Reader`, dice.pick([1, 1, 2, 3])]),
    ['publisherCrowd', dice.pick([0, 0, 1])],
    ['publishRepeater', dice.pick([0, 0, 1])],
    ['subscriber', dice.pick([1, 2])],
    ['filterChanger', dice.pick([0, 1, 1, 2])],
    ['topicPatcher', dice.pick([0, 0, 1])],
    ['subscriptionRewinder', dice.pick([0, 0, 1, 2])],
    ['subscriptionPurger', dice.pick([0, 0, 0, 1])],
    ['subscriptionRedriver', dice.pick([0, 0, 1])],
    ['subscriptionWatcher', dice.pick([0, 0, 1])],
    ['undertaker', dice.pick([0, 1])],
  ]);
}

function drawCast(dice: Dice): ReadonlyMap<string, number> {
  return new Map<string, number>([
    ['sender', dice.between(1, 5)],
    ['consumer', dice.between(1, 5)],
    ['delayer', dice.pick([0, 1, 2])],
    ['repeater', dice.pick([0, 0, 1, 2])],
    ['purger', dice.pick([0, 0, 0, 1])],
    ['patcher', dice.pick([0, 0, 0, 1])],
    ['rebuilder', dice.pick([0, 0, 0, 0, 1])],
    ['redriver', dice.pick([0, 0, 1, 2])],
    ['watcher', dice.pick([0, 0, 1])],
    ['crowd', dice.pick([0, 0, 0, 1])],
    ['rewinder', dice.pick([0, 0, 1, 1, 2])],
    ['replayer', dice.fork('replayer').pick([0, 0, 0, 1])],
  ]);
}
