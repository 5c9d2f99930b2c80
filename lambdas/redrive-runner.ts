import type { Context } from 'aws-lambda';
import { type RedriveKey, runRedriveTurn } from '../lib/housekeeping/run-redrive.ts';
import { dependencies } from './dependencies.ts';

/** Left for storing how far a turn came and for starting the next one. */
const reserveMs = 30_000;

/** One turn of a redrive; started by the API, by itself, and by the reporter. */
export const handler = async (job: RedriveKey, context: Context): Promise<void> =>
  runRedriveTurn(await dependencies(), job, context.getRemainingTimeInMillis() - reserveMs);
