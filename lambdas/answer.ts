import { handle, type WireReply, type WireRequest } from '../lib/protocol/handle.ts';
import { errorReply } from '../lib/protocol/native/error-reply.ts';
import { jsonLog } from '../lib/platform/log.ts';
import { system } from '../lib/platform/system.ts';
import { dependencies } from './dependencies.ts';

/** Like every request's, the answer of one that finds no table says so in a reply, and when to try again. */
export async function answer(request: WireRequest): Promise<WireReply> {
  try {
    return await handle(await dependencies(), request);
  } catch (fault) {
    jsonLog({ level: 'info' }).error('noDependencies', { fault });
    return errorReply(system.newId(), fault);
  }
}
