import type { JobTable } from '../../core/ports/job-table.ts';
import { ageWatchFromItem, ageWatchToItem } from './age-watch-item.ts';
import { bytes } from './attributes.ts';
import type { ItemTable } from './item-table.ts';
import { intentFromItem, intentToItem, redriveFromItem, redriveToItem } from './job-item.ts';
import { ageWatchKey, ageWatchRange, intentKey, pushKey, pushRange, redriveKey, redriveRange, replayKey, replayRange, rewindKey, rewindRange, secretKey } from './keys.ts';
import { putOutcome, replaceOutcome } from './outcomes.ts';
import { pushFromItem, pushToItem } from './push-item.ts';
import { replayFromItem, replayToItem } from './replay-item.ts';
import { rewindFromItem, rewindToItem } from './rewind-item.ts';

/** Jobs, pushes, age watches, append intents and secrets on one table. */
export const jobTable = (table: ItemTable): JobTable =>
  ({ ...redrives(table), ...replays(table), ...rewinds(table), ...pushes(table), ...ageWatches(table), ...intents(table), ...secrets(table) });

function redrives(table: ItemTable): Pick<JobTable, 'putRedrive' | 'replaceRedrive' | 'readRedrive' | 'listRedrives'> {
  return {
    async putRedrive(job) {
      const write = await table.put(redriveToItem(job), { kind: 'itemAbsent' });
      return putOutcome(write, redriveFromItem, (found) => found.writeId === job.writeId);
    },
    async replaceRedrive(job, seenWriteId) {
      const write = await table.put(redriveToItem(job), { kind: 'equals', attribute: 'w', value: seenWriteId });
      return replaceOutcome(write, redriveFromItem, (found) => found.writeId === job.writeId);
    },
    async readRedrive(incarnation, redriveId) {
      const item = await table.get(redriveKey({ incarnation, redriveId }), { consistent: true });
      return item && redriveFromItem(item);
    },
    async listRedrives(incarnation, limit) {
      const items = await table.query({ ...redriveRange(incarnation), limit: JOBS_READ_MAX, consistent: true });
      return items.map(redriveFromItem).toSorted((a, b) => b.startedAtMs - a.startedAtMs).slice(0, limit);
    },
  };
}

/** Ids say nothing of their age: the ones there are read and sorted. Old ones vanish by TTL. */
const JOBS_READ_MAX = 1000;

function replays(table: ItemTable): Pick<JobTable, 'putReplay' | 'replaceReplay' | 'readReplay' | 'listReplays'> {
  return {
    async putReplay(job) {
      const write = await table.put(replayToItem(job), { kind: 'itemAbsent' });
      return putOutcome(write, replayFromItem, (found) => found.writeId === job.writeId);
    },
    async replaceReplay(job, seenWriteId) {
      const write = await table.put(replayToItem(job), { kind: 'equals', attribute: 'w', value: seenWriteId });
      return replaceOutcome(write, replayFromItem, (found) => found.writeId === job.writeId);
    },
    async readReplay(incarnation, replayId) {
      const item = await table.get(replayKey({ incarnation, replayId }), { consistent: true });
      return item && replayFromItem(item);
    },
    async listReplays(incarnation, limit) {
      const items = await table.query({ ...replayRange(incarnation), limit, descending: true, consistent: true });
      return items.map(replayFromItem);
    },
  };
}

function rewinds(table: ItemTable): Pick<JobTable, 'putRewind' | 'readRewind' | 'listRewinds'> {
  return {
    async putRewind(record) {
      await table.put(rewindToItem(record));
    },
    async readRewind(incarnation, rewindId) {
      const item = await table.get(rewindKey({ incarnation, rewindId }), { consistent: true });
      return item && rewindFromItem(item);
    },
    async listRewinds(incarnation, limit) {
      const items = await table.query({ ...rewindRange(incarnation), limit, descending: true, consistent: true });
      return items.map(rewindFromItem);
    },
  };
}

function pushes(table: ItemTable): Pick<JobTable, 'putPush' | 'replacePush' | 'removePush' | 'readPush' | 'listPushes'> {
  return {
    async putPush(record) {
      const write = await table.put(pushToItem(record), { kind: 'itemAbsent' });
      return putOutcome(write, pushFromItem, (found) => found.writeId === record.writeId);
    },
    async replacePush(record, seenWriteId) {
      const write = await table.put(pushToItem(record), { kind: 'equals', attribute: 'w', value: seenWriteId });
      return replaceOutcome(write, pushFromItem, (found) => found.writeId === record.writeId);
    },
    async removePush(incarnation, seenWriteId) {
      const { kind, before } = await table.remove(pushKey({ incarnation }), { kind: 'equals', attribute: 'w', value: seenWriteId });
      return kind === 'landed' || !before ? { kind: 'landed' } : { kind, found: pushFromItem(before) };
    },
    async readPush(incarnation) {
      const item = await table.get(pushKey({ incarnation }), { consistent: true });
      return item && pushFromItem(item);
    },
    async listPushes({ limit, after }) {
      const items = await table.query({ ...pushRange(), limit, consistent: false, ...(after === undefined ? {} : { after }) });
      return items.map(pushFromItem);
    },
  };
}

function ageWatches(table: ItemTable): Pick<JobTable, 'putAgeWatch' | 'replaceAgeWatch' | 'removeAgeWatch' | 'readAgeWatch' | 'listAgeWatches'> {
  return {
    async putAgeWatch(watch) {
      await table.put(ageWatchToItem(watch));
    },
    async replaceAgeWatch(watch, seenWriteId) {
      const write = await table.put(ageWatchToItem(watch), { kind: 'equals', attribute: 'w', value: seenWriteId });
      return replaceOutcome(write, ageWatchFromItem, (found) => found.writeId === watch.writeId);
    },
    async removeAgeWatch(incarnation, seenWriteId) {
      const { kind, before } = await table.remove(ageWatchKey({ incarnation }), { kind: 'equals', attribute: 'w', value: seenWriteId });
      return kind === 'landed' || !before ? { kind: 'landed' } : { kind, found: ageWatchFromItem(before) };
    },
    async readAgeWatch(incarnation) {
      const item = await table.get(ageWatchKey({ incarnation }), { consistent: true });
      return item && ageWatchFromItem(item);
    },
    async listAgeWatches({ limit, after }) {
      const items = await table.query({ ...ageWatchRange(), limit, consistent: false, ...(after === undefined ? {} : { after }) });
      return items.map(ageWatchFromItem);
    },
  };
}

function intents(table: ItemTable): Pick<JobTable, 'putIntent' | 'replaceIntent' | 'readIntent'> {
  return {
    async putIntent(intent) {
      const write = await table.put(intentToItem(intent), { kind: 'itemAbsent' });
      return putOutcome(write, intentFromItem, (found) => found.writeId === intent.writeId);
    },
    async replaceIntent(intent, seenWriteId) {
      const write = await table.put(intentToItem(intent), { kind: 'equals', attribute: 'w', value: seenWriteId });
      return replaceOutcome(write, intentFromItem, (found) => found.writeId === intent.writeId);
    },
    async readIntent(incarnation, idempotencyKey) {
      const item = await table.get(intentKey({ incarnation, idempotencyKey }), { consistent: true });
      return item && intentFromItem(item);
    },
  };
}

/** A secret: `s`, its bytes. */
function secrets(table: ItemTable): Pick<JobTable, 'readOrPutSecret'> {
  return {
    async readOrPutSecret(name, candidate) {
      const stored = await table.get(secretKey(name), { consistent: true });
      if (stored) return bytes(stored, 's');
      const { kind, before } = await table.put({ ...secretKey(name), s: candidate }, { kind: 'itemAbsent' });
      return kind === 'refused' && before ? bytes(before, 's') : candidate;
    },
  };
}
