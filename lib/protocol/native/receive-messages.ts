import { z } from 'zod';
import type { Delivery } from '../../core/message.ts';
import { receiveMessages as run } from '../../core/queue/receive-messages.ts';
import { defineAction, takesNothing } from './action.ts';
import { wholeNumber } from './shapes/bounded.ts';
import { count } from './shapes/count.ts';
import { instantAnswer, renderInstant } from './shapes/instant.ts';
import { messageAnswer, renderMessage } from './shapes/message.ts';

const deliveryAnswer = messageAnswer.extend({
  receiptHandle: z.string(),
  firstReceiveTime: instantAnswer,
  receiveCount: count,
  visibleAt: instantAnswer,
});

export const receiveMessages = defineAction({
  ...takesNothing,
  operation: 'receiveMessages',
  method: 'POST',
  path: '/v1/queues/{queue}/receive',
  summary: 'Receive messages: each is hidden from other consumers until its visibility timeout.',
  body: z.strictObject({
    maxMessages: wholeNumber('receiveMessages').exactOptional(),
    waitSeconds: wholeNumber('waitSeconds').exactOptional(),
    visibilityTimeoutSeconds: wholeNumber('visibilityTimeoutSeconds').exactOptional(),
  }),
  replies: { 200: 'What was there; an empty list when nothing came in time.' },
  reply: z.object({ messages: z.array(deliveryAnswer) }),
  errors: ['queueNotFound', 'subscriptionIsPushed'],
  async run(deps, { param, body: { maxMessages = 1, ...body }, signal }) {
    const deliveries = await run(deps, { name: param('queue'), maxMessages, ...body, ...(signal && { signal }) });
    return { status: 200, body: { messages: deliveries.map(renderDelivery) } };
  },
});

const renderDelivery = (delivery: Delivery): z.input<typeof deliveryAnswer> => ({
  ...renderMessage(delivery),
  receiptHandle: delivery.receiptHandle,
  firstReceiveTime: renderInstant(delivery.firstReceivedAtMs),
  receiveCount: delivery.receiveCount,
  visibleAt: renderInstant(delivery.visibleAtMs),
});
