import type { Planted } from './planted.ts';
import type { Profile } from '../profile.ts';
import { delayShardsUnnoted, seeing, storingGroups, withLeases } from './changed-ports.ts';
import { withCast } from './profiles.ts';

const rewindsOften = (profile: Profile, more: Readonly<Record<string, number>> = {}): Profile => ({
  ...withCast(profile, { rewinder: 3, consumer: 3, ...more }), pauseMs: { min: 50, max: 5000 },
  settings: { ...profile.settings, rewindSeconds: 345_600, retentionSeconds: 345_600 },
});

const endless = (until: Readonly<Record<string, number>>) => Object.fromEntries(Object.keys(until).map((shard) => [shard, Number.MAX_SAFE_INTEGER]));

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
    ports: (ports) => storingGroups(ports, (group) => ({ ...group, sides: group.sides.filter(({ kind }) => kind !== 'leftover') })),
  },
  leftoversWithoutBound: {
    rule: 'what lies at or above the start of a rewind is not handed out by the chain before it',
    profile: (profile) => rewindsOften(profile),
    ports: (ports) => seeing(ports, (view) => ({
      ...view,
      group: { ...view.group, sides: view.group.sides.map((side) => Object.assign({}, side, { reach: { ...side.reach, until: endless(side.reach.until) } })) },
    })),
  },
  alarmsThrownAway: {
    rule: 'alarms above the start of a rewind are put aside, and count again after its undo',
    profile: (profile) => rewindsOften(profile, { delayer: 3 }),
    ports: (ports) => withLeases(ports, { async putAlarm(alarm) { if (!alarm.isParked) await ports.leases.putAlarm(alarm); } }),
  },
  selectionsInNoOrder: {
    rule: 'of several selections that mean a message the oldest hands it out',
    profile: (profile) => rewindsOften(profile, { rewinder: 5, consumer: 4 }),
    ports(ports) {
      let reads = 0;
      return seeing(ports, (view) => {
        reads += 1;
        return { ...view, group: { ...view.group, sides: reads % 2 === 0 ? view.group.sides : view.group.sides.toReversed() } };
      });
    },
  },
  undoneForgotten: {
    rule: 'a selection that was undone stays so when what came after it is undone',
    profile: (profile) => ({
      ...rewindsOften(profile), cast: new Map([['sender', 2], ['consumer', 3], ['rewinder', 6]]), batches: [1, 3], receives: [1, 3], operations: 40, hasArchive: false,
    }),
    ports: (ports) => storingGroups(ports, (group) => ({ ...group, sides: group.sides.filter(({ isUndone = false }) => !isUndone) })),
  },
  delayShardsUnnoted: {
    rule: 'the shards of delayed messages are noted for the chains to come',
    profile: (profile) => rewindsOften(profile, { delayer: 3 }),
    ports: delayShardsUnnoted,
  },
};
