import type { Action } from './action.ts';
import { clearQueue } from './clear-queue.ts';
import { createQueue } from './create-queue.ts';
import { batchDeleteMessage, deleteMessage } from './delete-message.ts';
import { deleteQueue } from './delete-queue.ts';
import { getQueueAttributes } from './get-queue-attributes.ts';
import { listQueue } from './list-queue.ts';
import { queryQueueRoute, queryTopicRoute } from './query-route.ts';
import { batchReceiveMessage, receiveMessage } from './receive-message.ts';
import { rewindQueue } from './rewind-queue.ts';
import { batchSendMessage, sendMessage } from './send-message.ts';
import { setQueueAttributes } from './set-queue-attributes.ts';

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
  queryTopicRoute,
];
