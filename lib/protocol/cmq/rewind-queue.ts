import { describeQueue } from '../../core/queue/describe-queue.ts';
import { rewindQueue as run } from '../../core/queue/rewind-queue.ts';
import { type EpochMs, epochMs, latest, secondsAfter } from '../../core/time.ts';
import type { Action } from './action.ts';
import { cmqLimits } from './limits.ts';
import { nameIn } from './names.ts';
import { unixSeconds } from './unix-seconds.ts';

/**
 * Answered once it is in effect, some seconds later: clients of this dialect receive right after it, and take
 * what comes then for the rewound messages.
 */
export const rewindQueue: Action = {
  name: 'RewindQueue',
  operation: 'rewindQueue',
  about: 'queueName',
  async run(deps, { params, requestedBy, signal }) {
    const name = nameIn(params, 'queueName');
    const startSeconds = params.whole('startConsumeTime', cmqLimits.unixSeconds);
    const { queue: { settings } } = await describeQueue(deps, { name, skipsRewindable: true });
    const atMs = startOf(startSeconds, { nowMs: deps.system.now(), rewindSeconds: settings.rewindSeconds });
    const { effectiveAtMs } = await run(deps, { name, from: { atMs }, ...requestedBy });
    await deps.system.sleep(Math.max(0, effectiveAtMs - deps.system.now()), signal);
    return {};
  },
};

/** The earliest second that may be asked for has begun before the earliest instant: the part of it that is left is meant. */
function startOf(seconds: number, { nowMs, rewindSeconds }: { readonly nowMs: EpochMs; readonly rewindSeconds: number }): EpochMs {
  const askedMs = epochMs(seconds * 1000);
  return seconds === unixSeconds(nowMs) - rewindSeconds ? latest(askedMs, secondsAfter(nowMs, -rewindSeconds)) : askedMs;
}
