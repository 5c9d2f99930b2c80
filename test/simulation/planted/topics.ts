import type { Segment } from '../../../lib/core/ports/log-table.ts';
import type { Definition } from '../../../lib/core/ports/queue-table.ts';
import type { SegmentSummary } from '../../../lib/core/segment-summary.ts';
import { type EpochMs, epochMs, msAfter } from '../../../lib/core/time.ts';
import { DAY_MS } from '../../../lib/core/timing.ts';
import type { Profile } from '../profile.ts';
import { isSubscription } from '../subscription-book.ts';
import { delayShardsUnnoted, seeing, storingDefinitions, storingGroups, withLeases, withLog, withQueues } from './changed-ports.ts';
import type { Planted } from './planted.ts';

type Cast = Readonly<Record<string, number>>;

/** Nobody but these, and nothing that would hide what they do. */
const onlyWith = (profile: Profile, cast: Cast, more: Partial<Profile> = {}): Profile => ({
  ...profile, hasArchive: false, hasShortHotLife: false, pauseMs: { min: 20, max: 3000 }, operations: 15, batches: [1, 3], receives: [3, 10],
  subscriptions: ['all', 'rare'], cast: new Map(Object.entries(cast)),
  ...more, settings: { ...profile.settings, retentionSeconds: 345_600, rewindSeconds: 345_600, delaySeconds: 0, ...more.settings },
});

const filtersChange = (profile: Profile): Profile => onlyWith(profile, { publisher: 4, allReader: 3, rareReader: 3, filterChanger: 3 }, {
  rates: { ...profile.rates, frozenBefore: 0.02, frozenAfter: 0.02, frozenMsMax: 20_000, clockSkewMs: 200, staleReads: 0.3 },
});

/** One subscription that a part of each batch is for. */
const filtered = (profile: Profile, name: string, batches: readonly number[]): Profile =>
  onlyWith(profile, { publisher: 3, [`${name}Reader`]: 3 }, { subscriptions: [name], batches });

/** What topics, subscriptions and their filters rely on. */
export const brokenTopics: Readonly<Record<string, Planted>> = {
  filterKnownForEver: {
    rule: 'a consumer that stood still leaves alone what was published since it read the filter',
    play: 'topic', profile: filtersChange, timing: { filterKnownMs: 10 * 365 * DAY_MS },
  },
  filterAtOnce: {
    rule: 'a change of the filter is in force once everybody knows of it',
    play: 'topic', profile: filtersChange,
    ports: (ports) => storingDefinitions(ports, (definition) => refiltered(definition, (fromMs) => epochMs(Math.min(fromMs, definition.changedAtMs)))),
  },
  filterOfToday: {
    rule: 'a message is judged by the filter that was in force when it was published',
    play: 'topic', profile: filtersChange,
    ports: (ports) => seeing(ports, (view) => ({ ...view, definition: refiltered(view.definition, () => epochMs(0)) })),
  },
  summaryForgetsTag: {
    rule: 'the summary of a segment names all tags that occur in it',
    play: 'topic', profile: (profile) => filtered(profile, 'rare', [10, 30]),
    ports: (ports) => withLog(ports, {
      putSegment: (segment) => ports.log.putSegment(resummarised(segment, ({ tags = [], ...rest }) => ({ ...rest, tags: tags.filter((tag) => tag !== 'rare') }))),
    }),
  },
  summaryForgetsKey: {
    rule: '… and all routing keys',
    play: 'topic', profile: (profile) => filtered(profile, 'bound', [1, 3]),
    ports: (ports) => withLog(ports, {
      putSegment: (segment) => ports.log.putSegment(resummarised(segment, ({ routingKeys = [], ...rest }) => ({ ...rest, routingKeys: routingKeys.slice(1) }))),
    }),
  },
  passedTheFirst: {
    rule: 'the lease behind messages of others holds the first that is for the group',
    play: 'topic', profile: (profile) => filtered(profile, 'rare', [10, 30]),
    ports: (ports) => withLog(ports, {
      async listSegments(range) {
        const [first, ...others] = await ports.log.listSegments(range);
        if (!first) return [];
        return [others.length > 0 ? resummarised(first, () => ({ tags: [], routingKeys: [] })) : first, ...others];
      },
    }),
  },
  passedTooFar: {
    rule: 'an empty lease covers only what was seen to be for others',
    // Readers keep up, so that what they have passed over ends where the log does.
    play: 'topic', profile: (profile) => ({ ...filtered(profile, 'rare', [1, 1, 300]), receives: [300], paddings: [0] }),
    ports: (ports) => withLeases(ports, {
      putLease: (lease) => ports.leases.putLease(lease.holds.length > 0 ? lease : { ...lease, end: lease.end + 20, endBase: lease.end + 20 }),
    }),
  },
  passedOverGap: {
    rule: 'a gap gets a strong read before it is passed over (B7)',
    play: 'topic',
    profile: (profile) => onlyWith(profile, { publisher: 5, allReader: 2, rareReader: 4 }, {
      batches: [1], pauseMs: { min: 1, max: 200 }, operations: 30, rates: { ...profile.rates, staleReads: 0.9, staleMsMax: 1000 },
    }),
    ports: (ports) => withLog(ports, { listSegments: (range) => ports.log.listSegments({ ...range, consistent: false }) }),
  },
  startBehindTail: {
    rule: 'a subscription begins at the end of each shard, with the next message',
    play: 'topic', profile: (profile) => onlyWith(profile, { publisher: 3, lateReader: 2, subscriber: 2 }, { subscriptions: ['late'] }),
    ports: (ports) => storingGroups(ports, (group) => {
      if (!isSubscription(group.incarnation)) return group;
      const starts = Object.entries(group.chain.starts).map(([shard, start]) => [shard, start + 1]);
      return { ...group, chain: { ...group.chain, starts: Object.fromEntries(starts) } };
    }),
  },
  delayShardsForgotten: {
    rule: 'the closed shards of delayed publications are noted for the subscriptions',
    play: 'topic', profile: (profile) => muchLater(profile, { pauseMs: { min: 10_000, max: DAY_MS }, operations: 20 }),
    ports: delayShardsUnnoted,
  },
  delayShardsForgottenTooSoon: {
    rule: '… for as long as something in them may fall due',
    play: 'topic',
    profile: (profile) => muchLater(profile, {
      pauseMs: { min: 10_000, max: 3 * DAY_MS }, operations: 24, instances: 5, rates: { ...profile.rates, expiryLatenessMsMax: 0 }, settings: { retentionSeconds: 3600, rewindSeconds: 0 },
    }),
    ports: (ports) => withQueues(ports, { putRetiredShard: (shard) => ports.queues.putRetiredShard({ ...shard, removableAtMs: msAfter(shard.retiredAtMs, DAY_MS) }) }),
  },
  recipientForgotten: {
    rule: 'what goes back to one subscription is for no other',
    play: 'topic',
    profile: (profile) => ({
      ...onlyWith(profile, { publisher: 3, allReader: 3, rareReader: 3, subscriptionRedriver: 3 }, { operations: 30, settings: { visibilityTimeoutSeconds: 1 } }),
      maxReceiveCount: 1,
    }),
    ports: (ports) => withLog(ports, { listSegments: async (range) => (await ports.log.listSegments(range)).map(forEverybody) }),
  },
};

/** What is published for days ahead, and one who reads it. */
const muchLater = (profile: Profile, more: Partial<Profile>): Profile => onlyWith(profile, { publisher: 4, allReader: 1 }, { subscriptions: ['all'], ...more });

/** Of a subscription: with its filters in force from other times on. */
function refiltered(definition: Definition, fromMs: (fromMs: EpochMs) => EpochMs): Definition {
  const { subscription } = definition;
  if (!subscription) return definition;
  return { ...definition, subscription: { ...subscription, filters: subscription.filters.map((version) => ({ ...version, fromMs: fromMs(version.fromMs) })) } };
}

const resummarised = (segment: Segment, change: (summary: SegmentSummary) => SegmentSummary): Segment =>
  (segment.summary ? { ...segment, summary: change(segment.summary) } : segment);

function forEverybody(segment: Segment): Segment {
  const { recipient: _, ...rest } = segment;
  return rest;
}
