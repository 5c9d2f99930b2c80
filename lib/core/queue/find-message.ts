import type { Deps } from '../deps.ts';
import type { PeekedMessage } from './peek-messages.ts';

export async function findMessage(_deps: Deps, _request: { readonly name: string; readonly messageId: string }): Promise<PeekedMessage> {
  throw new Error('not written');
}
