import type { Deps } from '../core/deps.ts';
import { runRedrive } from '../core/queue/redrive.ts';

/** Names a redrive from outside: what a runner is started with. */
export interface RedriveKey {
  readonly incarnation: string;
  readonly redriveId: string;
}

/** One turn of a redrive within `turnMs`; one that has not ended by then is handed to the next runner. */
export async function runRedriveTurn(deps: Deps, { incarnation, redriveId }: RedriveKey, turnMs: number): Promise<void> {
  const ended = await runRedrive(deps, { incarnation, redriveId, untilMs: deps.system.now() + turnMs });
  if (!ended) await deps.kickRedrive({ incarnation, redriveId });
}
