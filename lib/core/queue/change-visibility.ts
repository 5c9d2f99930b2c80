import type { Deps } from '../deps.ts';
import type { CallerError } from '../errors.ts';
import type { EpochMs } from '../time.ts';

export interface VisibilityEntry {
  readonly receiptHandle: string;
  /** 0 gives it back. */
  readonly visibilityTimeoutSeconds: number;
}

export type VisibilityResult =
  | { readonly kind: 'changed'; readonly visibleAtMs: EpochMs }
  | { readonly kind: 'failed'; readonly error: CallerError };

/** One result per entry, in order. */
export async function changeVisibility(
  _deps: Deps, _request: { readonly name: string; readonly entries: readonly VisibilityEntry[] },
): Promise<readonly VisibilityResult[]> {
  throw new Error('not written');
}
