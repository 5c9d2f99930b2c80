import type { Deps } from '../deps.ts';
import type { CallerError } from '../errors.ts';

/** By handle: finish. By id: cancel a message that is still delayed. */
export type DeleteEntry = { readonly receiptHandle: string } | { readonly messageId: string };

export type DeleteResult = { readonly kind: 'deleted' } | { readonly kind: 'failed'; readonly error: CallerError };

/** One result per entry, in order. */
export async function deleteMessages(
  _deps: Deps, _request: { readonly name: string; readonly entries: readonly DeleteEntry[] },
): Promise<readonly DeleteResult[]> {
  throw new Error('not written');
}
