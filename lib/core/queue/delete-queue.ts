import type { Deps } from '../deps.ts';

export async function deleteQueue(_deps: Deps, _request: { readonly name: string }): Promise<void> {
  throw new Error('not written');
}
