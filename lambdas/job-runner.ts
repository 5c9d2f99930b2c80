import type { Context } from 'aws-lambda';
import type { JobKey } from '../lib/core/ports/job-table.ts';
import { runJobTurn } from '../lib/housekeeping/run-job.ts';
import { schedulesOnAws } from '../lib/wiring/on-aws.ts';
import { dependencies } from './dependencies.ts';

/** Left for storing how far a turn came and for starting the next one. */
const reserveMs = 30_000;

/** One turn of a job; started by the API, by itself, at once or by a schedule, and by the reporter. */
export const handler = async (job: JobKey, context: Context): Promise<void> =>
  runJobTurn(await dependencies(), job, {
    turnMs: context.getRemainingTimeInMillis() - reserveMs, schedule: schedulesOnAws(process.env, context.invokedFunctionArn),
  });
