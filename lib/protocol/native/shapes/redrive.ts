import { z } from 'zod';
import type { RedriveJob } from '../../../core/ports/job-table.ts';
import { count } from './count.ts';
import { instantAnswer, renderInstant } from './instant.ts';

/** Dead letters on their way back, and how far they are. */
export const redriveAnswer = z.object({
  redriveId: z.string(),
  queue: z.string(),
  to: z.string().exactOptional(),
  state: z.enum(['running', 'completed', 'cancelled']),
  moved: count,
  skipped: count,
  startedAt: instantAnswer,
  updatedAt: instantAnswer,
});

export const renderRedrive = (job: RedriveJob): z.input<typeof redriveAnswer> => ({
  redriveId: job.redriveId,
  queue: job.queue,
  ...(job.to !== undefined && { to: job.to }),
  state: job.state,
  moved: job.moved,
  skipped: job.skipped,
  startedAt: renderInstant(job.startedAtMs),
  updatedAt: renderInstant(job.updatedAtMs),
});
