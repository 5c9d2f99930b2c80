import type { Deps } from '../deps.ts';
import type { EpochMs } from '../time.ts';

export async function purgeQueue(_deps: Deps, _request: { readonly name: string }): Promise<{ readonly effectiveAtMs: EpochMs }> {
  throw new Error('not written');
}
