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
import { sendMessages } from './send-messages.ts';

/** The native API, one row per action: the router, the OpenAPI document and the documentation's test read this table. */
export const actions: readonly Action[] = [
  createQueue,
  listQueues,
  describeQueue,
  changeQueue,
  deleteQueue,
  sendMessages,
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
  startRedrive,
  listRedrives,
  readRedrive,
  checkHealth,
  describeApi(() => actions),
];
