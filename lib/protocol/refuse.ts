import { isCmqPath, refusalReply } from './cmq/answer.ts';
import { errorReply } from './native/error-reply.ts';
import type { WireReply } from './wire.ts';

/** How the API words an error of a request that does not get as far as it: in the dialect of its path. */
export const refuse = (requestId: string, error: unknown, path: string): WireReply =>
  (isCmqPath(path) ? refusalReply(requestId, error) : errorReply(requestId, error));
