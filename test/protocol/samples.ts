import type { Message } from '../../lib/core/message.ts';
import type { RedriveJob, ReplayJob, RewindRecord } from '../../lib/core/ports/job-table.ts';
import { type Queue, type QueueSettings } from '../../lib/core/queue.ts';
import { queueDefaults } from '../../lib/core/limits.ts';
import type { Subscription } from '../../lib/core/subscription.ts';
import { epochMs } from '../../lib/core/time.ts';
import type { Topic } from '../../lib/core/topic.ts';

/** 2027-01-31T12:00:00.250Z */
export const noonMs = epochMs(Date.UTC(2027, 0, 31, 12, 0, 0, 250));
export const noon = '2027-01-31T12:00:00.250Z';

export const queue = (settings: Partial<QueueSettings> = {}): Queue => ({
  name: 'work', incarnation: 'i1', createdAtMs: noonMs, changedAtMs: noonMs, settings: { ...queueDefaults, ...settings },
});

export const queueOnTheWire = { name: 'work', ...queueDefaults, createdAt: noon, changedAt: noon };

export const message: Message = {
  messageId: 's1-0', body: { kind: 'text', text: 'héllo' }, attributes: { kind: 'log' }, tags: ['a'], enqueuedAtMs: noonMs,
};

export const messageOnTheWire = {
  messageId: 's1-0', body: 'héllo', encoding: 'text', attributes: { kind: 'log' }, tags: ['a'], enqueueTime: noon,
};

export const redrive: RedriveJob = {
  incarnation: 'i1', queue: 'dead', redriveId: 'r1', state: 'running', startedAtMs: noonMs, updatedAtMs: noonMs,
  moved: 2, skipped: 1, runnerUntilMs: noonMs, writeId: 'w1', removableAtMs: noonMs,
};

export const redriveOnTheWire = {
  redriveId: 'r1', queue: 'dead', state: 'running', moved: 2, skipped: 1, startedAt: noon, updatedAt: noon,
};

export const rewindRecord: RewindRecord = {
  incarnation: 'i1', rewindId: 'r1', kind: 'rewind', requestedAtMs: noonMs, effectiveAtMs: noonMs, fromMs: noonMs, isDone: true,
  before: { chain: { id: 'c1', starts: {}, drainedThrough: 0, drained: [] }, sides: [] }, removableAtMs: noonMs,
};

export const replayJob: ReplayJob = {
  incarnation: 'i1', queue: 'work', replayId: 'p1', state: 'running', target: 'copies', targetIncarnation: 'i2', fromMs: noonMs, toMs: noonMs,
  startedAtMs: noonMs, updatedAtMs: noonMs, total: 10, left: { s1: { next: 3, until: 10 } }, copied: 2, notBeforeMs: epochMs(0), runnerUntilMs: epochMs(0),
  writeId: 'w1', removableAtMs: noonMs,
};

export const replayOnTheWire = {
  replayId: 'p1', queue: 'work', target: 'copies', state: 'running', from: noon, to: noon, total: 10, copied: 2, skipped: 1, startedAt: noon, updatedAt: noon,
};

export const topic: Topic = {
  name: 'orders', incarnation: 't1', createdAtMs: noonMs, changedAtMs: noonMs,
  settings: { retentionSeconds: 60, rewindSeconds: 0, delaySeconds: 0, maxMessageBytes: 1024, inlineSegmentBytes: 1024 },
};

export const topicOnTheWire = { name: 'orders', ...topic.settings, createdAt: noon, changedAt: noon };

export const subscription: Subscription = {
  topic: 'orders', name: 'risk', incarnation: 't1.s1', createdAtMs: noonMs, changedAtMs: noonMs,
  settings: { visibilityTimeoutSeconds: 30, receiveWaitSeconds: 0 }, filter: { tags: ['a'] },
};

export const subscriptionOnTheWire = {
  topic: 'orders', name: 'risk', ...subscription.settings, filter: { tags: ['a'] }, createdAt: noon, changedAt: noon,
};
