import type { Profile } from '../profile.ts';
import type { Planted } from './planted.ts';

const HOUR_MS = 3_600_000;
const MONTH_SECONDS = 30 * 86_400;

/** Days pass between two deeds, and history outlives the table. */
const archivesOften = (profile: Profile): Profile => ({
  ...profile, hasArchive: true, pauseMs: { min: 60_000, max: 40 * HOUR_MS }, operations: 20,
  cast: new Map([['sender', 3], ['consumer', 2], ['rewinder', 2], ['delayer', 1]]),
  settings: { ...profile.settings, rewindSeconds: MONTH_SECONDS }, rates: { ...profile.rates, expiryLatenessMsMax: 0 },
});

/** What history beyond the table relies on. */
export const brokenArchives: Readonly<Record<string, Planted>> = {
  archiveUnread: {
    rule: 'what the table has let go of is read from the archive',
    profile: archivesOften,
    ports: (ports) => ({ ...ports, archive: { ...ports.archive, lastManifest: async () => undefined, listManifests: async () => [] } }),
  },
  manifestWithoutObject: {
    rule: 'the object comes before its manifest',
    profile: archivesOften,
    ports: (ports) => ({
      ...ports, objects: { ...ports.objects, putObjectIfAbsent: async () => 'landed' },
    }),
  },
  archivedOver: {
    rule: 'an object of the archive is put only if there is none',
    profile: (profile) => ({ ...archivesOften(profile), rates: { ...profile.rates, diesAfter: 0.03, expiryLatenessMsMax: 0 } }),
    ports: (ports) => ({
      ...ports,
      objects: {
        ...ports.objects,
        async putObjectIfAbsent(key, bytes) {
          await ports.objects.deleteObject(key);
          return ports.objects.putObjectIfAbsent(key, bytes);
        },
      },
    }),
  },
  hotLifeTooShort: {
    rule: 'a segment stays in the table for longer than the archiver lags',
    profile: archivesOften,
    timing: { hotLifeMs: 26 * HOUR_MS },
  },
};
