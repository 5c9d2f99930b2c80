import type { QueueView } from '../../../lib/core/ports/queue-table.ts';
import type { Planted } from './planted.ts';
import { redeliversOften, withCast } from './profiles.ts';

/** What queues, their shards and their purges rely on. */
export const brokenQueues: Readonly<Record<string, Planted>> = {
  purgeWithoutSeal: {
    rule: 'a purge seals the shards of delayed messages',
    profile: (profile) => withCast(profile, { purger: 2, delayer: 4 }),
    ports: (ports) => ({
      ...ports,
      log: {
        ...ports.log,
        putSegment: async (segment) => (segment.body.kind === 'seal' && segment.body.reason === 'purged' ? { kind: 'landed' } : ports.log.putSegment(segment)),
      },
    }),
  },
  purgeForgetsRetired: {
    rule: 'a purge empties retired shards that are not read to the end, too',
    profile: (profile) => ({
      ...profile, cast: new Map([['sender', 3], ['purger', 3], ['consumer', 1]]), pauseMs: { min: 60_000, max: 40 * 3_600_000 }, operations: 20,
      receives: [1], settings: { ...profile.settings, retentionSeconds: 345_600 },
    }),
    ports: (ports) => ({
      ...ports,
      queues: {
        ...ports.queues,
        async replaceGroup(group, seenWriteId) {
          const stored = (await ports.queues.readView(group.incarnation, { consistent: true }))?.group;
          const isPurge = stored !== undefined && stored.generation < group.generation;
          return ports.queues.replaceGroup(isPurge ? { ...group, chain: { ...group.chain, drainedThrough: stored.chain.drainedThrough } } : group, seenWriteId);
        },
      },
    }),
  },
  oldRecordOfTheGroup: {
    rule: "a consumer acts on the group's record only for a second (B12)",
    profile: (profile) => ({ ...redeliversOften(profile), cast: new Map([['purger', 3], ['consumer', 2], ['sender', 4]]), pauseMs: { min: 50, max: 5000 } }),
    ports(ports, system) {
      const seen = new Map<string, { readonly view: QueueView; readonly atMs: number }>();
      return {
        ...ports,
        queues: {
          ...ports.queues,
          async readView(incarnation, options) {
            const known = seen.get(incarnation);
            if (!options.consistent && known && system.now() - known.atMs < 60_000) return known.view;
            const view = await ports.queues.readView(incarnation, options);
            if (view) seen.set(incarnation, { view, atMs: system.now() });
            return view;
          },
        },
      };
    },
  },
  retiredWithoutSeal: {
    rule: 'an idle shard is sealed before it leaves the definition',
    profile: (profile) => ({
      ...profile, cast: new Map([['sender', 3], ['crowd', 3], ['consumer', 4]]), pauseMs: { min: 20, max: 12_000 }, operations: 20, batches: [1, 3], receives: [10, 100],
      hasArchive: false, settings: { ...profile.settings, retentionSeconds: 345_600 },
    }),
    ports: (ports) => ({
      ...ports,
      log: {
        ...ports.log,
        async putSegment(segment) {
          if (segment.body.kind !== 'seal' || segment.body.reason !== 'retired') return ports.log.putSegment(segment);
          return { kind: 'landed' };
        },
      },
    }),
  },
  retiredWithoutTrace: {
    rule: 'a retired shard is noted before it leaves the definition',
    profile: (profile) => ({
      ...withCast(profile, { crowd: 4, consumer: 2 }), pauseMs: { min: 20, max: 12_000 }, operations: 60,
      settings: { ...profile.settings, visibilityTimeoutSeconds: 60, retentionSeconds: 345_600 },
    }),
    ports: (ports) => ({ ...ports, queues: { ...ports.queues, putRetiredShard: async () => {} } }),
  },
};
