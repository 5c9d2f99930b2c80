import { z } from 'zod';
import type { DeadLetterOrigin, Message, ReplayOrigin } from '../../../core/message.ts';
import { count } from './count.ts';
import { instantAnswer, renderInstant } from './instant.ts';
import { bodyEncoding, renderBody } from './message-body.ts';

const deadLetterOrigin = z.object({
  queue: z.string(),
  messageId: z.string(),
  enqueueTime: instantAnswer,
  receiveCount: count,
  reason: z.enum(['maxReceiveCount', 'maxAgeSeconds']),
});

const replayOrigin = z.object({ replayId: z.string(), messageId: z.string(), enqueueTime: instantAnswer });

/** What every answer that shows a message says of it. */
export const messageAnswer = z.object({
  messageId: z.string(),
  body: z.string(),
  encoding: bodyEncoding,
  attributes: z.record(z.string(), z.string()),
  tags: z.array(z.string()),
  routingKey: z.string().exactOptional().meta({ description: 'Of a message that was published to a topic.' }),
  enqueueTime: instantAnswer,
  deadLetter: deadLetterOrigin.exactOptional(),
  replay: replayOrigin.exactOptional().meta({ description: 'Of a copy: the message that it is a copy of.' }),
});

export const renderMessage = (message: Message): z.input<typeof messageAnswer> => ({
  messageId: message.messageId,
  ...renderBody(message.body),
  attributes: message.attributes,
  tags: [...message.tags],
  ...(message.routingKey !== undefined && { routingKey: message.routingKey }),
  enqueueTime: renderInstant(message.enqueuedAtMs),
  ...(message.origin && { deadLetter: renderOrigin(message.origin) }),
  ...(message.replay && { replay: renderReplayOrigin(message.replay) }),
});

const renderOrigin = (origin: DeadLetterOrigin): z.input<typeof deadLetterOrigin> => ({
  queue: origin.queue,
  messageId: origin.messageId,
  enqueueTime: renderInstant(origin.enqueuedAtMs),
  receiveCount: origin.receiveCount,
  reason: origin.reason,
});

const renderReplayOrigin = ({ replayId, messageId, enqueuedAtMs }: ReplayOrigin): z.input<typeof replayOrigin> =>
  ({ replayId, messageId, enqueueTime: renderInstant(enqueuedAtMs) });
