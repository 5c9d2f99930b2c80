import { z } from 'zod';
import { describeQueue as run, type QueueCounts } from '../../core/queue/describe-queue.ts';
import { defineAction, takesNothing } from './action.ts';
import { count } from './shapes/count.ts';
import { instantAnswer, renderInstant } from './shapes/instant.ts';
import { queueAnswer, renderQueue } from './shapes/queue.ts';

export const countsAnswer = z.object({
  ready: count,
  inFlight: count,
  delayed: count,
  rewindable: count,
  oldestMessageAgeSeconds: count.nullable().meta({ description: 'Null when there is no message.' }),
  approximate: z.boolean(),
  asOf: instantAnswer,
});

export const describeQueue = defineAction({
  ...takesNothing,
  operation: 'describeQueue',
  method: 'GET',
  path: '/v1/queues/{queue}',
  summary: 'Attributes and counts of a queue.',
  replies: { 200: 'The queue.' },
  reply: queueAnswer.extend({ counts: countsAnswer }),
  errors: ['queueNotFound'],
  async run(deps, { param }) {
    const { queue, counts } = await run(deps, { name: param('queue') });
    return { status: 200, body: { ...renderQueue(queue), counts: renderCounts(counts) } };
  },
});

export const renderCounts = (counts: QueueCounts): z.input<typeof countsAnswer> => ({
  ready: counts.ready,
  inFlight: counts.inFlight,
  delayed: counts.delayed,
  rewindable: counts.rewindable,
  oldestMessageAgeSeconds: counts.oldestMessageAgeSeconds ?? null,
  approximate: counts.approximate,
  asOf: renderInstant(counts.asOfMs),
});
