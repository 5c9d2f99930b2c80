import { z } from 'zod';
import { listRedrives as runList, readRedrive as runRead, startRedrive as runStart } from '../../core/queue/redrive.ts';
import { defineAction, takesNothing } from './action.ts';
import { boundedList } from './shapes/bounded.ts';
import { queueName } from './shapes/name.ts';
import { redriveAnswer, renderRedrive } from './shapes/redrive.ts';

export const startRedrive = defineAction({
  ...takesNothing,
  operation: 'startRedrive',
  method: 'POST',
  path: '/v1/queues/{queue}/redrives',
  summary: 'Send dead letters back to where they came from, or to another queue: all, or those named.',
  body: z.strictObject({
    to: queueName.exactOptional(),
    messageIds: boundedList('batchEntries', z.string()).exactOptional(),
  }),
  replies: { 202: 'Started; it goes on by itself.' },
  reply: redriveAnswer,
  errors: ['queueNotFound', 'messageNotFound'],
  async run(deps, { param, body }) {
    return { status: 202, body: renderRedrive(await runStart(deps, { name: param('queue'), ...body })) };
  },
});

export const readRedrive = defineAction({
  ...takesNothing,
  operation: 'readRedrive',
  method: 'GET',
  path: '/v1/queues/{queue}/redrives/{redriveId}',
  summary: 'How far a redrive is.',
  replies: { 200: 'The redrive.' },
  reply: redriveAnswer,
  errors: ['queueNotFound', 'redriveNotFound'],
  async run(deps, { param }) {
    const job = await runRead(deps, { name: param('queue'), redriveId: param('redriveId') });
    return { status: 200, body: renderRedrive(job) };
  },
});

export const listRedrives = defineAction({
  ...takesNothing,
  operation: 'listRedrives',
  method: 'GET',
  path: '/v1/queues/{queue}/redrives',
  summary: 'Redrives out of a queue, the newest first.',
  replies: { 200: 'The redrives.' },
  reply: z.object({ redrives: z.array(redriveAnswer) }),
  errors: ['queueNotFound'],
  async run(deps, { param }) {
    const jobs = await runList(deps, { name: param('queue') });
    return { status: 200, body: { redrives: jobs.map(renderRedrive) } };
  },
});
