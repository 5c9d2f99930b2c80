import { StoreUnavailable } from '../lib/core/errors.ts';
import { jsonLog } from '../lib/platform/log.ts';
import { system } from '../lib/platform/system.ts';
import { handle, type WireReply, type WireRequest } from '../lib/protocol/handle.ts';
import { refuse } from '../lib/protocol/refuse.ts';
import { dependencies } from './dependencies.ts';

/** Also a request that finds no table is answered, and told when to try again. */
export async function answer(request: WireRequest): Promise<WireReply> {
  try {
    return await handle(await dependencies(), request);
  } catch (fault) {
    jsonLog({ level: 'info' }).error('noDependencies', { fault });
    return refuse(system.newId(), fault, request.path);
  }
}

/** What a request is told whose time is over: it may have done its work, as after any lost answer. */
export const outOfTime = (path: string): WireReply =>
  refuse(system.newId(), new StoreUnavailable('no answer in time', { outcome: 'unknown' }), path);
