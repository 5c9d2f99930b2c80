import { z } from 'zod';
import type { PeekedMessage } from '../../../core/queue/peek-messages.ts';
import { count } from './count.ts';
import { instantAnswer, renderInstant } from './instant.ts';
import { messageAnswer, renderMessage } from './message.ts';

/** A message seen without receiving it. */
export const peekedMessageAnswer = messageAnswer.extend({
  state: z.enum(['delayed', 'ready', 'inFlight', 'deleted', 'deadLettered', 'expired']),
  receiveCount: count,
  firstReceiveTime: instantAnswer.exactOptional(),
  visibleAt: instantAnswer.exactOptional(),
});

export const renderPeekedMessage = (message: PeekedMessage): z.input<typeof peekedMessageAnswer> => ({
  ...renderMessage(message),
  state: message.state,
  receiveCount: message.receiveCount,
  ...(message.firstReceivedAtMs !== undefined && { firstReceiveTime: renderInstant(message.firstReceivedAtMs) }),
  ...(message.visibleAtMs !== undefined && { visibleAt: renderInstant(message.visibleAtMs) }),
});
