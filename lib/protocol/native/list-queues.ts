import { z } from 'zod';
import { listQueues as run } from '../../core/queue/list-queues.ts';
import { defineAction, takesNothing } from './action.ts';
import { wholeNumberText } from './shapes/bounded.ts';
import { queueAnswer, renderQueue } from './shapes/queue.ts';

/** Of one answer. */
export const DEFAULT_LIMIT = 100;

/** A page of a list by name. */
export const listQuery = z.strictObject({
  prefix: z.string().exactOptional().meta({ description: 'Only names that begin with it.' }),
  limit: wholeNumberText('listQueues').exactOptional().meta({ description: `So many in one answer; ${DEFAULT_LIMIT} when omitted.` }),
  cursor: z.string().exactOptional().meta({ description: 'As the page before answered it.' }),
});

export const listQueues = defineAction({
  ...takesNothing,
  operation: 'listQueues',
  method: 'GET',
  path: '/v1/queues',
  summary: 'List queues by name, ascending.',
  query: listQuery,
  replies: { 200: 'A page; without `cursor` it is the last.' },
  reply: z.object({ queues: z.array(queueAnswer), cursor: z.string().exactOptional() }),
  async run(deps, { query: { prefix = '', limit = DEFAULT_LIMIT, ...rest } }) {
    const { queues, cursor } = await run(deps, { prefix, limit, ...rest });
    return { status: 200, body: { queues: queues.map(renderQueue), ...(cursor !== undefined && { cursor }) } };
  },
});
