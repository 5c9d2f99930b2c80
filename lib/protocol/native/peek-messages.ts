import { z } from 'zod';
import { peekMessages as run } from '../../core/queue/peek-messages.ts';
import { defineAction, takesNothing } from './action.ts';
import { wholeNumberText } from './shapes/bounded.ts';
import { instantText } from './shapes/instant.ts';
import { peekedMessageAnswer, renderPeekedMessage } from './shapes/peeked-message.ts';

const DEFAULT_LIMIT = 10;

export const peekMessages = defineAction({
  ...takesNothing,
  operation: 'peekMessages',
  method: 'GET',
  path: '/v1/queues/{queue}/messages',
  summary: 'See messages without receiving them.',
  query: z.strictObject({
    state: z.enum(['ready', 'inFlight', 'delayed']).exactOptional().meta({ description: 'Ready when omitted.' }),
    tag: z.string().exactOptional().meta({ description: 'Only messages with this tag.' }),
    from: instantText.exactOptional().meta({ description: 'Enqueued at or after.' }),
    to: instantText.exactOptional().meta({ description: 'Enqueued before.' }),
    limit: wholeNumberText('peekMessages').exactOptional().meta({ description: `Messages in one answer; ${DEFAULT_LIMIT} when omitted.` }),
    cursor: z.string().exactOptional().meta({ description: 'As the page before answered it.' }),
  }),
  replies: { 200: 'A page, perhaps empty; without `cursor` everything was looked at.' },
  reply: z.object({ messages: z.array(peekedMessageAnswer), cursor: z.string().exactOptional() }),
  errors: ['queueNotFound'],
  async run(deps, { param, query: { state = 'ready', limit = DEFAULT_LIMIT, from, to, ...rest } }) {
    const { messages, cursor } = await run(deps, {
      name: param('queue'), state, limit, ...rest,
      ...(from !== undefined && { fromMs: from }),
      ...(to !== undefined && { toMs: to }),
    });
    return { status: 200, body: { messages: messages.map(renderPeekedMessage), ...(cursor !== undefined && { cursor }) } };
  },
});
