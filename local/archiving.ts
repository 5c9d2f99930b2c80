import type { Deps } from '../lib/core/deps.ts';
import { CallerError } from '../lib/core/errors.ts';
import { type ArchiveFigures, archiveQueues, readArchiveRequest } from '../lib/housekeeping/archive-queues.ts';
import { admit } from '../lib/protocol/native/admit.ts';
import { errorReply, jsonHeaders } from '../lib/protocol/native/error-reply.ts';
import type { WireReply, WireRequest } from '../lib/protocol/wire.ts';
import type { TidyingStep } from '../lib/wiring/on-one-machine.ts';

/** Requests wait while a row group is packed, a few milliseconds each time: a turn is short, and the next one goes on. */
const TURN_MS = 5000;
const EVERY_MS = 3_600_000;

/** What the schedule is on AWS: a round every hour, in turns. */
export function archiveChore(deps: Deps): TidyingStep {
  let lastRoundMs: number | undefined;
  return async () => {
    const nowMs = deps.system.now();
    if (lastRoundMs !== undefined && nowMs - lastRoundMs < EVERY_MS) return 'done';
    const { lagSeconds, messages } = await archiveQueues(deps, { turnMs: TURN_MS });
    // What failed is left as well: without progress it is for the next round.
    const isCutShort = lagSeconds > 0 && messages > 0;
    if (!isCutShort) lastRoundMs = nowMs;
    return isCutShort ? 'more' : 'done';
  };
}

/** Not under `/v1/`, where the API is: nothing like it exists on AWS. */
const RUN_PATH = '/local/archive';
/** All the time that somebody may wait at a command line. */
const RUN_MS = 30 * 60_000;

/** What is answered to a run by hand. */
export interface ArchiveRun extends ArchiveFigures {
  /** Where the files are; null when nothing is kept. */
  readonly folder: string | null;
}

type Answer = (request: WireRequest) => Promise<WireReply>;

/** The API, and beside it the archiver by hand, for administrators: `POST /local/archive {"queue": …, "olderThanSeconds": …}`. */
export const withArchiver = (deps: Deps, folder: string | undefined, answer: Answer): Answer => async (request) => {
  if (request.path !== RUN_PATH) return answer(request);
  const requestId = deps.system.newId();
  try {
    if (request.method !== 'POST') throw new CallerError('methodNotAllowed', `${RUN_PATH} takes POST`, { allow: ['POST'] });
    await admit(deps, request, { operation: 'runArchiver', name: '' });
    const figures = await archiveQueues(deps, { ...readArchiveRequest(bodyOf(request)), turnMs: RUN_MS });
    return { status: 200, headers: jsonHeaders(requestId), body: JSON.stringify({ ...figures, folder: folder ?? null } satisfies ArchiveRun) };
  } catch (fault) {
    if (!(fault instanceof CallerError)) throw fault;
    return errorReply(requestId, fault);
  }
};

/** @throws CallerError `malformedRequest` */
function bodyOf({ body }: WireRequest): unknown {
  if (body === undefined || body.byteLength === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new CallerError('malformedRequest', 'body must be JSON', { field: 'body' });
  }
}
