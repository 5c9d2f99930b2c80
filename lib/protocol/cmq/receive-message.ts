import { toBase64 } from '../../core/base64.ts';
import type { Deps } from '../../core/deps.ts';
import type { Body, Delivery } from '../../core/message.ts';
import { receiveMessages as run } from '../../core/queue/receive-messages.ts';
import type { Action, Call, Fields } from './action.ts';
import { cmqLimits, WAIT_SECONDS_MAX } from './limits.ts';
import { nameIn } from './names.ts';
import { shownHandle } from './receipt-handle.ts';
import { CmqRefusal } from './refusals.ts';
import { unixSeconds } from './unix-seconds.ts';

export const receiveMessage: Action = {
  name: 'ReceiveMessage',
  operation: 'receiveMessages',
  about: 'queueName',
  async run(deps, call) {
    const [fields = {}] = await received(deps, call, 1);
    return fields;
  },
};

export const batchReceiveMessage: Action = {
  name: 'BatchReceiveMessage',
  operation: 'receiveMessages',
  about: 'queueName',
  async run(deps, call) {
    return { msgInfoList: await received(deps, call, call.params.whole('numOfMsg', cmqLimits.batch)) };
  },
};

/** @throws CmqRefusal `noMessage`: in this dialect that is an error */
async function received(deps: Deps, { params, signal }: Call, maxMessages: number): Promise<readonly Fields[]> {
  const waitSeconds = params.optionalWhole('pollingWaitSeconds', cmqLimits.pollingWaitSeconds);
  const deliveries = await run(deps, {
    name: nameIn(params, 'queueName'), maxMessages, waitSecondsMax: WAIT_SECONDS_MAX,
    ...(waitSeconds === undefined ? {} : { waitSeconds }), ...(signal ? { signal } : {}),
  });
  if (deliveries.length === 0) throw new CmqRefusal('noMessage');
  return deliveries.map(fieldsOf);
}

const fieldsOf = (delivery: Delivery): Fields => ({
  msgId: delivery.messageId,
  receiptHandle: shownHandle(delivery),
  msgBody: textOf(delivery.body),
  enqueueTime: unixSeconds(delivery.enqueuedAtMs),
  nextVisibleTime: unixSeconds(delivery.visibleAtMs),
  firstDequeueTime: unixSeconds(delivery.firstReceivedAtMs),
  dequeueCount: delivery.receiveCount,
});

/** Bytes, which only other dialects send, as base64: there is nothing else to say them with. */
const textOf = (body: Body): string => (body.kind === 'text' ? body.text : toBase64(body.bytes));
