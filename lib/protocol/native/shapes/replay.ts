import { z } from 'zod';
import type { ReplayJob, ReplayPace } from '../../../core/ports/job-table.ts';
import { skippedBy } from '../../../core/queue/replay.ts';
import { anyNumber } from './bounded.ts';
import { count } from './count.ts';
import { filterAnswer, renderFilter } from './filter.ts';
import { instantAnswer, renderInstant } from './instant.ts';
import { queueName } from './name.ts';
import { readWindow, windowFields } from './rewind.ts';

const speed = anyNumber('replaySpeed').meta({ description: '1: as fast as they were sent.' });
const messagesPerSecond = anyNumber('replayMessagesPerSecond');

const pace = z.strictObject({ speed: speed.exactOptional(), messagesPerSecond: messagesPerSecond.exactOptional() })
  .transform(({ speed: multiple, messagesPerSecond: rate }, context): ReplayPace => {
    if (multiple !== undefined && rate === undefined) return { speed: multiple };
    if (rate !== undefined && multiple === undefined) return { messagesPerSecond: rate };
    context.issues.push({ code: 'custom', input: undefined, message: 'must have exactly one of speed, messagesPerSecond' });
    return z.NEVER;
  })
  .meta({ minProperties: 1, maxProperties: 1, description: 'Absent: as fast as it goes.' });

/** What is to be copied, to where, and how fast. */
export const replayRequest = z.strictObject({ ...windowFields, target: queueName, pace: pace.exactOptional() })
  .transform(({ target, pace: given, ...window }) => ({ ...readWindow(window), target, ...(given && { pace: given }) }));

/** A window of a queue on its way into another one, and how far it is. */
export const replayAnswer = z.object({
  replayId: z.string(),
  queue: z.string(),
  target: z.string(),
  state: z.enum(['running', 'completed', 'cancelled', 'failed']),
  failure: z.enum(['queueDeleted', 'targetDeleted']).exactOptional(),
  from: instantAnswer,
  to: instantAnswer,
  filter: filterAnswer.exactOptional(),
  pace: z.object({ speed: speed.exactOptional(), messagesPerSecond: messagesPerSecond.exactOptional() }).exactOptional(),
  requestedBy: z.string().exactOptional().meta({ description: 'Where IAM let the request in: the ARN of who signed it.' }),
  total: count.meta({ description: 'Messages that were sent in the window; some may have expired.' }),
  copied: count,
  skipped: count.meta({ description: 'Looked at and not copied.' }),
  position: instantAnswer.exactOptional().meta({ description: 'Enqueue time of the last message that was looked at.' }),
  startedAt: instantAnswer,
  updatedAt: instantAnswer,
  runnerUntil: instantAnswer.exactOptional().meta({ description: 'A runner has it until then, or renews that; absent when none has.' }),
  nextCopyAt: instantAnswer.exactOptional().meta({ description: 'Nothing is copied before this.' }),
});

export const renderReplay = (job: ReplayJob): z.input<typeof replayAnswer> => ({
  replayId: job.replayId,
  queue: job.queue,
  target: job.target,
  state: job.state,
  ...(job.failure && { failure: job.failure }),
  from: renderInstant(job.fromMs),
  to: renderInstant(job.toMs),
  ...(job.filter && { filter: renderFilter(job.filter) }),
  ...(job.pace && { pace: job.pace }),
  ...(job.requestedBy !== undefined && { requestedBy: job.requestedBy }),
  total: job.total,
  copied: job.copied,
  skipped: skippedBy(job),
  ...(job.reachedAtMs !== undefined && { position: renderInstant(job.reachedAtMs) }),
  startedAt: renderInstant(job.startedAtMs),
  updatedAt: renderInstant(job.updatedAtMs),
  ...(job.runnerUntilMs > 0 && { runnerUntil: renderInstant(job.runnerUntilMs) }),
  ...(job.state === 'running' && job.notBeforeMs > 0 && { nextCopyAt: renderInstant(job.notBeforeMs) }),
});
