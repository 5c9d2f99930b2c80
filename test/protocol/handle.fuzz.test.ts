import * as fc from 'fast-check';
import { beforeAll, expect, it, vi } from 'vitest';
import { epochMs } from '../../lib/core/time.ts';
import { changeQueue } from '../../lib/core/queue/change-queue.ts';
import { changeVisibility } from '../../lib/core/queue/change-visibility.ts';
import { createQueue } from '../../lib/core/queue/create-queue.ts';
import { deleteMessages } from '../../lib/core/queue/delete-messages.ts';
import { describeQueue } from '../../lib/core/queue/describe-queue.ts';
import { findMessage } from '../../lib/core/queue/find-message.ts';
import { listQueues } from '../../lib/core/queue/list-queues.ts';
import { listRewinds } from '../../lib/core/queue/list-rewinds.ts';
import { peekMessages } from '../../lib/core/queue/peek-messages.ts';
import { previewRewind } from '../../lib/core/queue/preview-rewind.ts';
import { purgeQueue } from '../../lib/core/queue/purge-queue.ts';
import { receiveMessages } from '../../lib/core/queue/receive-messages.ts';
import { listRedrives, readRedrive, startRedrive } from '../../lib/core/queue/redrive.ts';
import { cancelReplay, listReplays, readReplay, startReplay } from '../../lib/core/queue/replay.ts';
import { rewindQueue } from '../../lib/core/queue/rewind-queue.ts';
import { sendMessages } from '../../lib/core/queue/send-messages.ts';
import { undoRewind } from '../../lib/core/queue/undo-rewind.ts';
import { changeSubscription } from '../../lib/core/topic/change-subscription.ts';
import { changeTopic } from '../../lib/core/topic/change-topic.ts';
import { createSubscription } from '../../lib/core/topic/create-subscription.ts';
import { createTopic } from '../../lib/core/topic/create-topic.ts';
import { describeSubscription } from '../../lib/core/topic/describe-subscription.ts';
import { describeTopic } from '../../lib/core/topic/describe-topic.ts';
import { listSubscriptions } from '../../lib/core/topic/list-subscriptions.ts';
import { listTopics } from '../../lib/core/topic/list-topics.ts';
import { publishMessages } from '../../lib/core/topic/publish-messages.ts';
import { actions } from '../../lib/protocol/native/actions.ts';
import { newCaller } from './caller.ts';
import { message, noonMs, queue, redrive, replayJob, rewindRecord, subscription, topic } from './samples.ts';

vi.mock(import('../../lib/core/queue/change-queue.ts'));
vi.mock(import('../../lib/core/queue/change-visibility.ts'));
vi.mock(import('../../lib/core/queue/create-queue.ts'));
vi.mock(import('../../lib/core/queue/delete-messages.ts'));
vi.mock(import('../../lib/core/queue/delete-queue.ts'));
vi.mock(import('../../lib/core/queue/describe-queue.ts'));
vi.mock(import('../../lib/core/queue/find-message.ts'));
vi.mock(import('../../lib/core/queue/list-queues.ts'));
vi.mock(import('../../lib/core/queue/peek-messages.ts'));
vi.mock(import('../../lib/core/queue/purge-queue.ts'));
vi.mock(import('../../lib/core/queue/receive-messages.ts'));
vi.mock(import('../../lib/core/queue/redrive.ts'));
vi.mock(import('../../lib/core/queue/list-rewinds.ts'));
vi.mock(import('../../lib/core/queue/preview-rewind.ts'));
vi.mock(import('../../lib/core/queue/rewind-queue.ts'));
vi.mock(import('../../lib/core/queue/undo-rewind.ts'));
vi.mock(import('../../lib/core/queue/replay.ts'));
vi.mock(import('../../lib/core/queue/send-messages.ts'));
vi.mock(import('../../lib/core/topic/change-subscription.ts'));
vi.mock(import('../../lib/core/topic/change-topic.ts'));
vi.mock(import('../../lib/core/topic/create-subscription.ts'));
vi.mock(import('../../lib/core/topic/create-topic.ts'));
vi.mock(import('../../lib/core/topic/delete-subscription.ts'));
vi.mock(import('../../lib/core/topic/delete-topic.ts'));
vi.mock(import('../../lib/core/topic/describe-subscription.ts'));
vi.mock(import('../../lib/core/topic/describe-topic.ts'));
vi.mock(import('../../lib/core/topic/list-subscriptions.ts'));
vi.mock(import('../../lib/core/topic/list-topics.ts'));
vi.mock(import('../../lib/core/topic/publish-messages.ts'));

beforeAll(() => {
  const counts = { ready: 0, inFlight: 0, delayed: 0, rewindable: 0, oldestMessageAgeSeconds: 0, approximate: true, asOfMs: epochMs(0) };
  vi.mocked(changeQueue).mockResolvedValue(queue());
  vi.mocked(changeVisibility).mockResolvedValue([]);
  vi.mocked(createQueue).mockResolvedValue({ queue: queue(), created: true });
  vi.mocked(deleteMessages).mockResolvedValue([]);
  vi.mocked(describeQueue).mockResolvedValue({ queue: queue(), counts });
  vi.mocked(findMessage).mockResolvedValue({ ...message, state: 'ready', receiveCount: 0 });
  vi.mocked(listQueues).mockResolvedValue({ queues: [] });
  vi.mocked(peekMessages).mockResolvedValue({ messages: [] });
  vi.mocked(purgeQueue).mockResolvedValue({ rewindId: 'r1', effectiveAtMs: noonMs });
  vi.mocked(receiveMessages).mockResolvedValue([]);
  vi.mocked(startRedrive).mockResolvedValue(redrive);
  vi.mocked(readRedrive).mockResolvedValue(redrive);
  vi.mocked(listRedrives).mockResolvedValue([redrive]);
  vi.mocked(rewindQueue).mockResolvedValue(rewindRecord);
  vi.mocked(undoRewind).mockResolvedValue(rewindRecord);
  vi.mocked(listRewinds).mockResolvedValue([{ ...rewindRecord, state: 'inEffect' }]);
  vi.mocked(previewRewind).mockResolvedValue({ messages: 0, bytes: 0, fromMs: undefined, toMs: undefined, inFlight: 0, sample: [], approximate: false });
  for (const one of [startReplay, readReplay, cancelReplay]) vi.mocked(one).mockResolvedValue(replayJob);
  vi.mocked(listReplays).mockResolvedValue([replayJob]);
  vi.mocked(sendMessages).mockResolvedValue([]);
  vi.mocked(publishMessages).mockResolvedValue([]);
  vi.mocked(createTopic).mockResolvedValue({ topic, created: true });
  for (const one of [describeTopic, changeTopic]) vi.mocked(one).mockResolvedValue(topic);
  vi.mocked(listTopics).mockResolvedValue({ topics: [topic] });
  vi.mocked(createSubscription).mockResolvedValue({ subscription, created: true });
  vi.mocked(changeSubscription).mockResolvedValue(subscription);
  vi.mocked(describeSubscription).mockResolvedValue({ subscription, counts: { ...counts, estimated: false } });
  vi.mocked(listSubscriptions).mockResolvedValue({ subscriptions: [subscription] });
});

const { call, deps } = newCaller();

/** Names that the API knows, so that a random body gets further than the first check. */
const knownField = fc.constantFrom(
  'entries', 'body', 'encoding', 'attributes', 'tags', 'delaySeconds', 'deliverAt', 'groupId', 'receiptHandle', 'messageId', 'messageIds',
  'visibilityTimeoutSeconds', 'maxMessages', 'deadLetter', 'queue', 'maxReceiveCount', 'maxAgeSeconds', 'rewindSeconds', 'to', 'from', 'time', 'position', 'filter', 'bindingKeys', 'routingKey', 'prefix', 'anyOf', 'outcome', 'target', 'pace', 'speed', 'messagesPerSecond', '__proto__', 'constructor',
);
const leaf = fc.oneof(
  fc.string({ unit: 'binary' }), fc.double(), fc.integer(), fc.boolean(), fc.constant(null),
  fc.constantFrom('base64', 'text', '\ud800', '2027-01-31T12:00:00Z', '9999-12-31T23:59:59.9999Z'),
);
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf, fc.array(tie('json'), { maxLength: 3 }), fc.dictionary(fc.oneof(knownField, fc.string()), tie('json'), { maxKeys: 5 }),
  ),
}));
const anyBody = fc.oneof(json.map((value) => JSON.stringify(value)), fc.uint8Array({ maxLength: 64 }), fc.string({ unit: 'binary' }));
const segment = fc.oneof(fc.constant('work'), fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/[/?]/g, '')), fc.constantFrom('%', '%00', '..'));
const anyQuery = fc.oneof(fc.constant(''), fc.webQueryParameters(), fc.string({ unit: 'binary' }), fc.constantFrom('limit=1', 'from=x', 'state=ready&state='));

it.each(actions.map((action) => [`${action.method} ${action.path}`, action] as const))(
  '%s never answers a 5xx, whatever is sent', async (_name, { method, path }) => {
    await fc.assert(fc.asyncProperty(anyBody, segment, anyQuery, fc.string(), async (body, name, query, key) => {
      const target = `${path.replaceAll(/\{\w+\}/g, () => name)}?${query}`;
      const reply = await call(method, target, body, { headers: { 'idempotency-key': key } });
      expect(reply.status).toBeLessThan(500);
    }), { numRuns: 150 });
    expect(deps.faults).toEqual([]);
  },
);

it('never answers a 5xx to any method and path', async () => {
  await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), anyBody, async (method, path, body) => {
    expect((await call(method, path, body)).status).toBeLessThan(500);
    expect((await call(method, `/v1/${path}`, body)).status).toBeLessThan(500);
  }));
});
