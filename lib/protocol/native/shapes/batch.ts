import { z } from 'zod';
import type { CallerError, StoreUnavailable } from '../../../core/errors.ts';
import { toWireError } from '../error-codes.ts';
import { boundedList } from './bounded.ts';
import { count } from './count.ts';

/** What a caller may know of an error. */
export const errorAnswer = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
});

const failedEntry = z.object({ error: errorAnswer });

/** The request of a batch. */
export const batchOf = <Entry extends z.ZodType>(entry: Entry) => z.strictObject({ entries: boundedList('batchEntries', entry) });

/** One result per entry, in order; `failed` counts those with an `error`. */
export const batchAnswerOf = <Result extends z.ZodObject>(result: Result) => z.object({
  results: z.array(z.union([result, failedEntry])),
  failed: count,
});

type FailedEntry = z.input<typeof failedEntry>;

/** The reply to a batch, of its rendered results. */
export const batchAnswer = <Result extends object>(results: (Result | FailedEntry)[]) => ({
  results, failed: results.filter((result) => 'error' in result).length,
});

/** The result of an entry that failed by itself. */
export function renderFailure({ error }: { readonly error: CallerError | StoreUnavailable }): FailedEntry {
  const { code, message, details } = toWireError(error);
  return { error: { code, message, details } };
}
