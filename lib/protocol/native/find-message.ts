import { findMessage as run } from '../../core/queue/find-message.ts';
import { defineAction, takesNothing } from './action.ts';
import { peekedMessageAnswer, renderPeekedMessage } from './shapes/peeked-message.ts';

export const findMessage = defineAction({
  ...takesNothing,
  operation: 'findMessage',
  method: 'GET',
  path: '/v1/queues/{queue}/messages/{messageId}',
  summary: 'Find one message by its id, without receiving it.',
  replies: { 200: 'The message and its state.' },
  reply: peekedMessageAnswer,
  errors: ['queueNotFound', 'messageNotFound'],
  async run(deps, { param }) {
    const message = await run(deps, { name: param('queue'), messageId: param('messageId') });
    return { status: 200, body: renderPeekedMessage(message) };
  },
});
