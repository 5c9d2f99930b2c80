import { StoreUnavailable } from '../../../lib/core/errors.ts';
import type { Alarm } from '../../../lib/core/ports/lease-table.ts';
import { latest, msAfter } from '../../../lib/core/time.ts';
import type { Planted } from './planted.ts';
import { faultsOften, oftenIdle, withCast } from './profiles.ts';

/** What a send relies on. */
export const brokenAppends: Readonly<Record<string, Planted>> = {
  appendWithoutCondition: {
    rule: 'a segment is put only if nothing is there',
    table: (table) => ({ ...table, put: (item, condition) => table.put(item, item.pk.startsWith('l/') ? undefined : condition) }),
  },
  hopAfterUnknownOutcome: {
    rule: 'after an attempt without an answer only the same key is tried again (B8)',
    profile: (profile) => faultsOften(profile, { lostReply: 0.1, lateLanding: 0.1 }),
    table: (table) => ({
      ...table,
      async put(item, condition) {
        try {
          return await table.put(item, condition);
        } catch (error) {
          const isAppend = error instanceof StoreUnavailable && item.pk.startsWith('l/');
          if (!isAppend) throw error;
          return { kind: 'refused', before: { ...item, a: 'anothersappend' } };
        }
      },
    }),
  },
  segmentGoneAtExpiry: {
    rule: 'a segment outlives its messages by a day (B1, B2)',
    profile: (profile) => withCast(oftenIdle(profile), { delayer: 0, repeater: 0, sender: 5 }),
    timing: { shardSilenceMs: Number.MAX_SAFE_INTEGER },
    ports: (ports) => ({
      ...ports,
      log: { ...ports.log, putSegment: (segment) => ports.log.putSegment({ ...segment, removableAtMs: msAfter(latest(segment.enqueuedAtMs, segment.lastDueAtMs ?? segment.enqueuedAtMs), segment.retentionSeconds * 1000) }) },
    }),
  },
  delayedSegmentBeforeAlarm: {
    rule: 'the alarm of delayed messages is put before their segment',
    profile: (profile) => faultsOften(withCast(profile, { delayer: 4 }), { diesAfter: 0.03 }),
    ports(ports) {
      const waiting: Alarm[] = [];
      return {
        ...ports,
        leases: {
          ...ports.leases,
          async putAlarm(alarm) { await (alarm.delayedCount > 0 ? waiting.push(alarm) : ports.leases.putAlarm(alarm)); },
        },
        log: {
          ...ports.log,
          async putSegment(segment) {
            const put = await ports.log.putSegment(segment);
            for (const alarm of waiting.splice(0)) await ports.leases.putAlarm(alarm);
            return put;
          },
        },
      };
    },
  },
  repeatWithoutNote: {
    rule: 'under an idempotency key the place is noted before it is tried',
    profile: (profile) => withCast(profile, { repeater: 4 }),
    ports: (ports) => ({ ...ports, jobs: { ...ports.jobs, putIntent: async () => ({ kind: 'landed' }) } }),
  },
  segmentBeforeObject: {
    rule: 'an object is stored before a segment points to it',
    profile: (profile) => ({
      ...faultsOften(profile, {}), rates: { ...profile.rates, objectPutFails: 0.2 }, settings: { ...profile.settings, inlineSegmentBytes: 0 },
    }),
    ports: (ports) => ({
      ...ports,
      objects: { ...ports.objects, putObject: (key, bytes) => ports.objects.putObject(key, bytes).catch(() => {}) },
    }),
  },
};
