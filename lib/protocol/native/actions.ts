import { changeAccessKey, createAccessKey, describeAccessKey, listAccessKeys, revokeAccessKey } from './access-key.ts';
import type { Action } from './action.ts';
import { changeQueue } from './change-queue.ts';
import { changeVisibility } from './change-visibility.ts';
import { checkHealth } from './check-health.ts';
import { createQueue } from './create-queue.ts';
import { deleteMessages } from './delete-messages.ts';
import { deleteQueue } from './delete-queue.ts';
import { describeApi } from './describe-api.ts';
import { describeQueue } from './describe-queue.ts';
import { findMessage } from './find-message.ts';
import { listQueues } from './list-queues.ts';
import { peekMessages } from './peek-messages.ts';
import { purgeQueue } from './purge-queue.ts';
import { receiveMessages } from './receive-messages.ts';
import { listRedrives, readRedrive, startRedrive } from './redrive.ts';
import { cancelReplay, listReplays, readReplay, startReplay } from './replay.ts';
import { listRewinds, previewRewind, rewindQueue, undoRewind } from './rewind.ts';
import { publishMessages } from './publish-messages.ts';
import { sendMessages } from './send-messages.ts';
import { changeSubscription, createSubscription, deleteSubscription, describeSubscription, listSubscriptions } from './subscription.ts';
import { changeTopic, createTopic, deleteTopic, describeTopic, listTopics } from './topic.ts';
import { onSubscription } from './on-subscription.ts';

/** What can be done with whatever can be consumed: a queue, or a subscription. */
const consuming: readonly Action[] = [
  receiveMessages,
  deleteMessages,
  changeVisibility,
  peekMessages,
  findMessage,
  purgeQueue,
  rewindQueue,
  previewRewind,
  listRewinds,
  undoRewind,
  startReplay,
  listReplays,
  readReplay,
  cancelReplay,
];

/** The native API, one row per action: the router, the OpenAPI document and the documentation's test read this table. */
export const actions: readonly Action[] = [
  createQueue,
  listQueues,
  describeQueue,
  changeQueue,
  deleteQueue,
  sendMessages,
  ...consuming,
  startRedrive,
  listRedrives,
  readRedrive,
  createTopic,
  listTopics,
  describeTopic,
  changeTopic,
  deleteTopic,
  publishMessages,
  createSubscription,
  listSubscriptions,
  describeSubscription,
  changeSubscription,
  deleteSubscription,
  ...consuming.map(onSubscription),
  createAccessKey,
  listAccessKeys,
  describeAccessKey,
  changeAccessKey,
  revokeAccessKey,
  checkHealth,
  describeApi(() => actions),
];
