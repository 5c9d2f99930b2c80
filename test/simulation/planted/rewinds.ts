import type { Planted } from './planted.ts';
import type { Profile } from '../profile.ts';
import { withCast } from './profiles.ts';

const rewindsOften = (profile: Profile, more: Readonly<Record<string, number>> = {}): Profile => ({
  ...withCast(profile, { rewinder: 3, consumer: 3, ...more }), pauseMs: { min: 50, max: 5000 },
  settings: { ...profile.settings, rewindSeconds: 345_600, retentionSeconds: 345_600 },
});

/** What rewinds and their undoing rely on. */
export const brokenRewinds: Readonly<Record<string, Planted>> = {
  rewindAtOnce: {
    rule: 'a rewind takes effect once everybody knows of it (B12)',
    profile: (profile) => rewindsOften(profile),
    timing: { effectiveDelayMs: 0 },
  },
  leftoversForgotten: {
    rule: 'what is unsettled below the start of a rewind goes on',
    profile: (profile) => rewindsOften(profile, { delayer: 3 }),
    ports: (ports) => ({
      ...ports,
      queues: {
        ...ports.queues,
        replaceGroup: (group, seenWriteId) => ports.queues.replaceGroup({ ...group, sides: group.sides.filter(({ kind }) => kind !== 'leftover') }, seenWriteId),
      },
    }),
  },
  leftoversWithoutBound: {
    rule: 'what lies at or above the start of a rewind is not handed out by the chain before it',
    profile: (profile) => rewindsOften(profile),
    ports: (ports) => ({
      ...ports,
      queues: {
        ...ports.queues,
        async readView(incarnation, options) {
          const view = await ports.queues.readView(incarnation, options);
          const endless = (until: Readonly<Record<string, number>>) => Object.fromEntries(Object.keys(until).map((shard) => [shard, Number.MAX_SAFE_INTEGER]));
          return view && {
            ...view,
            group: { ...view.group, sides: view.group.sides.map((side) => Object.assign({}, side, { reach: { ...side.reach, until: endless(side.reach.until) } })) },
          };
        },
      },
    }),
  },
  alarmsThrownAway: {
    rule: 'alarms above the start of a rewind are put aside, and count again after its undo',
    profile: (profile) => rewindsOften(profile, { delayer: 3 }),
    ports: (ports) => ({
      ...ports, leases: { ...ports.leases, async putAlarm(alarm) { if (!alarm.isParked) await ports.leases.putAlarm(alarm); } },
    }),
  },
  delayShardsUnnoted: {
    rule: 'the shards of delayed messages are noted for the chains to come',
    profile: (profile) => rewindsOften(profile, { delayer: 3 }),
    ports: (ports) => ({
      ...ports, queues: { ...ports.queues, async putRetiredShard(shard) { if (shard.owner === undefined) await ports.queues.putRetiredShard(shard); } },
    }),
  },
};
