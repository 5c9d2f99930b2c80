import type { Action } from './action.ts';
import { clearQueue } from './clear-queue.ts';
import { createQueue } from './create-queue.ts';
import { createTopic } from './create-topic.ts';
import { batchDeleteMessage, deleteMessage } from './delete-message.ts';
import { deleteQueue } from './delete-queue.ts';
import { deleteTopic } from './delete-topic.ts';
import { getQueueAttributes } from './get-queue-attributes.ts';
import { getSubscriptionAttributes } from './get-subscription-attributes.ts';
import { getTopicAttributes } from './get-topic-attributes.ts';
import { listQueue } from './list-queue.ts';
import { listSubscriptionByTopic } from './list-subscription-by-topic.ts';
import { listTopic } from './list-topic.ts';
import { batchPublishMessage, publishMessage } from './publish-message.ts';
import { queryQueueRoute, queryTopicRoute } from './query-route.ts';
import { batchReceiveMessage, receiveMessage } from './receive-message.ts';
import { rewindQueue } from './rewind-queue.ts';
import { batchSendMessage, sendMessage } from './send-message.ts';
import { setQueueAttributes } from './set-queue-attributes.ts';
import { clearSubscriptionFilterTags, setSubscriptionAttributes } from './set-subscription-attributes.ts';
import { setTopicAttributes } from './set-topic-attributes.ts';
import { subscribe } from './subscribe.ts';
import { unsubscribe } from './unsubscribe.ts';

/** The CMQ dialect, one row per action: the dispatcher and the documentation's test read this table. */
export const actions: readonly Action[] = [
  createQueue,
  listQueue,
  getQueueAttributes,
  setQueueAttributes,
  deleteQueue,
  rewindQueue,
  clearQueue,
  sendMessage,
  batchSendMessage,
  receiveMessage,
  batchReceiveMessage,
  deleteMessage,
  batchDeleteMessage,
  queryQueueRoute,
  createTopic,
  listTopic,
  getTopicAttributes,
  setTopicAttributes,
  deleteTopic,
  publishMessage,
  batchPublishMessage,
  subscribe,
  listSubscriptionByTopic,
  getSubscriptionAttributes,
  setSubscriptionAttributes,
  clearSubscriptionFilterTags,
  unsubscribe,
  queryTopicRoute,
];
