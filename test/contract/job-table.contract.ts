import { expect, it } from 'vitest';
import type { AgeWatch, AppendIntent, JobTable, PushRecord, RedriveJob, ReplayJob, RewindRecord } from '../../lib/core/ports/job-table.ts';
import { msAfter } from '../../lib/core/time.ts';
import { id, nowMs, removableAtMs } from './samples.ts';

const redriveOf = (more: Partial<RedriveJob> = {}): RedriveJob => ({
  incarnation: id(), queue: 'dead', redriveId: id(), state: 'running', startedAtMs: nowMs, updatedAtMs: nowMs, moved: 0, skipped: 0,
  runnerUntilMs: nowMs, writeId: id(), removableAtMs, ...more,
});

const rewindOf = (more: Partial<RewindRecord> = {}): RewindRecord => ({
  incarnation: id(), rewindId: id(), kind: 'rewind', requestedAtMs: nowMs, effectiveAtMs: msAfter(nowMs, 3000),
  before: { chain: { id: id(), starts: { s1: 2 }, drainedThrough: 1, drained: ['r1'] }, sides: [] }, isDone: false, removableAtMs, ...more,
});

const replayOf = (more: Partial<ReplayJob> = {}): ReplayJob => ({
  incarnation: id(), queue: 'orders', replayId: id(), state: 'running', target: 'copies', targetIncarnation: id(), fromMs: nowMs, toMs: msAfter(nowMs, 9),
  startedAtMs: nowMs, updatedAtMs: nowMs, total: 0, left: {}, copied: 0, notBeforeMs: nowMs, runnerUntilMs: nowMs, writeId: id(), removableAtMs, ...more,
});

const pushOf = (more: Partial<PushRecord> = {}): PushRecord => ({
  incarnation: `${id()}.${id()}`, runnerId: id(), runnerUntilMs: nowMs, dueAtMs: msAfter(nowMs, 7), notBeforeMs: msAfter(nowMs, 1), heldUntilMs: msAfter(nowMs, 9),
  confirmationTries: 2, writeId: id(), ...more,
});

const ageWatchOf = (more: Partial<AgeWatch> = {}): AgeWatch => ({
  incarnation: `${id()}.${id()}`, notedAtMs: nowMs, runnerUntilMs: msAfter(nowMs, 3), dueAtMs: msAfter(nowMs, 7), writeId: id(), ...more,
});

/** Redrives, replays, rewinds, pushes, age watches, append intents and secrets. */
export function jobContract(jobs: () => JobTable): void {
  it('keeps redrives, replaces the one that was seen, and lists the newest first', async () => {
    const { incarnation } = redriveOf();
    const [old, young] = [3, 8].map((later) => redriveOf({ incarnation, startedAtMs: msAfter(nowMs, later) }));
    const middle = redriveOf({ incarnation, startedAtMs: msAfter(nowMs, 5), to: 'orders', messageIds: ['a-1', 'b-2'] });
    for (const job of [old!, young!, middle]) expect(await jobs().putRedrive(job)).toEqual({ kind: 'landed' });
    expect(await jobs().listRedrives(incarnation, 10)).toEqual([young, middle, old]);
    expect(await jobs().listRedrives(incarnation, 1)).toEqual([young]);
    const done: RedriveJob = { ...middle, state: 'completed', moved: 2, writeId: id() };
    expect(await jobs().replaceRedrive(done, middle.writeId)).toEqual({ kind: 'landed' });
    expect(await jobs().replaceRedrive({ ...done, writeId: id() }, middle.writeId)).toEqual({ kind: 'refused', found: done });
    expect(await jobs().readRedrive(incarnation, middle.redriveId)).toEqual(done);
    expect(await jobs().readRedrive(incarnation, id())).toBeUndefined();
  });

  it('keeps replays with all they have come to, replaces the one that was seen, and lists the newest first', async () => {
    const plain = replayOf({ replayId: `1${id()}` });
    const { incarnation } = plain;
    const full = replayOf({
      incarnation, replayId: `2${id()}`, startedAtMs: msAfter(nowMs, 5), pace: { messagesPerSecond: 0.5 }, requestedBy: 'somebody', filter: { tags: ['a'], messageIds: ['s-1'] },
      total: 12, left: { s1: { next: 3, until: 9 }, s2: { next: 0, until: 3 } }, copied: 2, reachedAtMs: nowMs,
      pacedFrom: { copiedAtMs: nowMs, enqueuedAtMs: msAfter(nowMs, -1) },
      batch: { shard: 't1', base: 7, notedAtMs: nowMs, copies: 2, reaches: { s1: 4 }, reachedAtMs: nowMs },
    });
    for (const job of [plain, full]) expect(await jobs().putReplay(job)).toEqual({ kind: 'landed' });
    expect(await jobs().listReplays(incarnation, 10)).toEqual([full, plain]);
    expect(await jobs().listReplays(incarnation, 1)).toEqual([full]);
    const { batch: _batch, ...rest } = full;
    const failed: ReplayJob = { ...rest, state: 'failed', failure: 'targetDeleted', pace: { speed: 2 }, left: {}, writeId: id() };
    expect(await jobs().replaceReplay(failed, full.writeId)).toEqual({ kind: 'landed' });
    expect(await jobs().replaceReplay({ ...failed, writeId: id() }, full.writeId)).toEqual({ kind: 'refused', found: failed });
    expect(await jobs().readReplay(incarnation, full.replayId)).toEqual(failed);
    expect(await jobs().readReplay(incarnation, id())).toBeUndefined();
    expect(await jobs().listRedrives(incarnation, 10)).toEqual([]);
    expect(await jobs().listRewinds(incarnation, 10)).toEqual([]);
  });

  it('keeps rewinds with what was before them, and lists the newest first', async () => {
    const plain = rewindOf({ rewindId: `1${id()}` });
    const { incarnation } = plain;
    const full = rewindOf({
      incarnation, rewindId: `2${id()}`, kind: 'selection', requestedAtMs: msAfter(nowMs, 5), requestedBy: 'somebody', fromMs: nowMs, toMs: msAfter(nowMs, 1), undoes: id(),
      filter: { tags: ['a'], attributes: { colour: 'red' }, messageIds: ['s-1'], outcome: 'deleted' }, isDone: true,
    });
    await jobs().putRewind(plain);
    await jobs().putRewind({ ...full, isDone: false });
    await jobs().putRewind(full);
    expect(await jobs().listRewinds(incarnation, 10)).toEqual([full, plain]);
    expect(await jobs().listRewinds(incarnation, 1)).toEqual([full]);
    expect(await jobs().readRewind(incarnation, plain.rewindId)).toEqual(plain);
    expect(await jobs().readRewind(incarnation, id())).toBeUndefined();
    expect(await jobs().listRedrives(incarnation, 10)).toEqual([]);
  });

  it('keeps a push of each subscription, replaces and removes the one that was seen, and lists all', async () => {
    const [first, second] = [pushOf(), pushOf()].toSorted((a, b) => (a.incarnation < b.incarnation ? -1 : 1));
    for (const record of [first!, second!]) expect(await jobs().putPush(record)).toEqual({ kind: 'landed' });
    expect(await jobs().putPush(first!)).toEqual({ kind: 'landed', found: first });
    expect(await jobs().putPush({ ...first!, writeId: id() })).toEqual({ kind: 'refused', found: first });
    const next = { ...first!, runnerUntilMs: msAfter(nowMs, 99), writeId: id() };
    expect(await jobs().replacePush(next, first!.writeId)).toEqual({ kind: 'landed' });
    expect(await jobs().replacePush(next, first!.writeId)).toEqual({ kind: 'landed' });
    expect(await jobs().replacePush({ ...next, writeId: id() }, first!.writeId)).toEqual({ kind: 'refused', found: next });
    expect(await jobs().readPush(first!.incarnation)).toEqual(next);
    const listed = await jobs().listPushes({ limit: 1000 });
    expect(listed.filter(({ incarnation }) => [first, second].some((record) => record!.incarnation === incarnation))).toEqual([next, second]);
    expect((await jobs().listPushes({ limit: 1, after: first!.incarnation }))[0]!.incarnation > first!.incarnation).toBe(true);

    expect(await jobs().removePush(first!.incarnation, first!.writeId)).toEqual({ kind: 'refused', found: next });
    expect(await jobs().removePush(first!.incarnation, next.writeId)).toEqual({ kind: 'landed' });
    expect(await jobs().removePush(first!.incarnation, next.writeId)).toEqual({ kind: 'landed' });
    expect(await jobs().readPush(first!.incarnation)).toBeUndefined();
    expect(await jobs().replacePush({ ...next, writeId: id() }, next.writeId)).toEqual({ kind: 'refused', found: undefined });
  });

  it('keeps age watches, puts one in place of another, and replaces, lists and removes the one that was seen', async () => {
    const [first, second] = ['a', 'b'].map((prefix) => ageWatchOf({ incarnation: `${prefix}${id()}` }));
    for (const watch of [first!, second!]) await jobs().putAgeWatch(watch);
    const noted: AgeWatch = { ...first!, notedAtMs: msAfter(nowMs, 1), writeId: id() };
    await jobs().putAgeWatch(noted);
    expect(await jobs().replaceAgeWatch({ ...first!, writeId: id() }, first!.writeId)).toEqual({ kind: 'refused', found: noted });
    const next: AgeWatch = { ...noted, dueAtMs: msAfter(nowMs, 9), writeId: id() };
    expect(await jobs().replaceAgeWatch(next, noted.writeId)).toEqual({ kind: 'landed' });
    expect(await jobs().replaceAgeWatch(next, noted.writeId)).toEqual({ kind: 'landed' });
    expect(await jobs().readAgeWatch(first!.incarnation)).toEqual(next);
    expect(await jobs().listAgeWatches({ limit: 1000 })).toEqual(expect.arrayContaining([next, second]));
    expect((await jobs().listAgeWatches({ limit: 1, after: first!.incarnation }))[0]!.incarnation > first!.incarnation).toBe(true);
    expect(await jobs().removeAgeWatch(first!.incarnation, noted.writeId)).toEqual({ kind: 'refused', found: next });
    expect(await jobs().removeAgeWatch(first!.incarnation, next.writeId)).toEqual({ kind: 'landed' });
    expect(await jobs().removeAgeWatch(first!.incarnation, next.writeId)).toEqual({ kind: 'landed' });
    expect(await jobs().readAgeWatch(first!.incarnation)).toBeUndefined();
    expect(await jobs().replaceAgeWatch({ ...next, writeId: id() }, next.writeId)).toEqual({ kind: 'refused', found: undefined });
  });

  it('keeps an append intent under any idempotency key', async () => {
    const intent: AppendIntent = {
      incarnation: id(), idempotencyKey: 'ä/ key\n#1', requestDigest: 'd', appendId: id(), shard: id(), base: 9, writeId: id(), removableAtMs,
    };
    expect(await jobs().readIntent(intent.incarnation, intent.idempotencyKey)).toBeUndefined();
    expect(await jobs().putIntent(intent)).toEqual({ kind: 'landed' });
    expect(await jobs().putIntent({ ...intent, writeId: id() })).toEqual({ kind: 'refused', found: intent });
    expect(await jobs().putIntent(intent)).toEqual({ kind: 'landed', found: intent });
    const next = { ...intent, base: 12, writeId: id() };
    expect(await jobs().replaceIntent(next, intent.writeId)).toEqual({ kind: 'landed' });
    expect(await jobs().replaceIntent({ ...next, writeId: id() }, intent.writeId)).toEqual({ kind: 'refused', found: next });
    expect(await jobs().readIntent(intent.incarnation, intent.idempotencyKey)).toEqual(next);
  });

  it('keeps the first secret under a name, whoever asks', async () => {
    const name = id();
    const candidates = [1, 2, 3].map((byte) => Uint8Array.of(byte, byte));
    const answers = await Promise.all(candidates.map((candidate) => jobs().readOrPutSecret(name, candidate)));
    expect(new Set(answers.map(String)).size).toBe(1);
    expect(candidates).toContainEqual(answers[0]);
    expect(await jobs().readOrPutSecret(name, Uint8Array.of(9))).toEqual(answers[0]);
  });
}
