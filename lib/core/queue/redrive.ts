import type { Deps } from '../deps.ts';
import type { RedriveJob } from '../ports/job-table.ts';

export interface StartRedriveRequest {
  /** The queue that holds the dead letters. */
  readonly name: string;
  /** Absent: each to the queue it came from. */
  readonly to?: string;
  /** Absent: all that are there now. */
  readonly messageIds?: readonly string[];
}

export async function startRedrive(_deps: Deps, _request: StartRedriveRequest): Promise<RedriveJob> {
  throw new Error('not written');
}

export async function readRedrive(_deps: Deps, _request: { readonly name: string; readonly redriveId: string }): Promise<RedriveJob> {
  throw new Error('not written');
}

/** Newest first. */
export async function listRedrives(_deps: Deps, _request: { readonly name: string }): Promise<readonly RedriveJob[]> {
  throw new Error('not written');
}

/** Go on with a redrive until it ends or `untilMs` has come. Answers whether it ended. */
export async function runRedrive(
  _deps: Deps, _job: { readonly incarnation: string; readonly redriveId: string; readonly untilMs: number },
): Promise<boolean> {
  throw new Error('not written');
}
