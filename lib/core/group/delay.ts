import type { Deps } from '../deps.ts';
import type { AppendTarget } from '../log/append.ts';
import type { Lane } from '../log/lane.ts';
import { firstDue, lastDue, leaseRemovableAt } from '../log/segment.ts';
import type { MessageContent } from '../message.ts';
import type { Alarm } from '../ports/lease-table.ts';
import type { Segment } from '../ports/log-table.ts';
import type { DelayLane } from '../queue/delay-lane.ts';
import { timing } from '../timing.ts';
import { setAlarm } from './alarm.ts';

/**
 * The alarm of a delayed append: put before the segment, since whoever looks for due messages looks
 * at alarms only. A crash in between leaves an alarm without a segment, which does no harm.
 */
export interface DelayAlarm {
  readonly before: (target: AppendTarget) => Promise<void>;
  /** The place is another's: our alarm for it would be looked at in vain. */
  readonly afterRefusal: (found: Segment) => Promise<void>;
  readonly afterLanding: (segment: Segment) => Promise<void>;
}

const isDelayLane = (lane: Lane): lane is DelayLane => 'chain' in lane;

/** undefined for a lane of messages that are ready at once. */
export function setDelayAlarm(
  deps: Deps, lane: Lane, messages: readonly MessageContent[], retentionSeconds: number,
): DelayAlarm | undefined {
  const dueAtMs = firstDue(messages);
  if (!isDelayLane(lane) || dueAtMs === undefined) return undefined;
  let alarm: Alarm | undefined;

  const put = async ({ shard, base }: AppendTarget) => {
    // A place noted earlier may be in a shard that is closed by now. What landed there has its alarm, and
    // that in the chain of then: another in today's would bring back what was purged.
    if (!await lane.names(shard)) return;
    const setAtMs = deps.system.now();
    alarm = {
      chain: lane.chain(), dueAtMs, shard, first: base, delayedCount: messages.length, setAtMs,
      writeId: deps.system.newId(), removableAtMs: leaseRemovableAt({ enqueuedAtMs: setAtMs, lastDueAtMs: lastDue(messages), retentionSeconds }),
    };
    await setAlarm(deps, alarm);
  };
  return {
    before: put,
    /**
     * Of two senders of the same place and due time the later has put its alarm over the other's: it is
     * dropped only where the segment that is there cannot stand on it.
     */
    async afterRefusal(found) {
      const isNeeded = alarm && found.lastDueAtMs !== undefined && alarm.dueAtMs <= found.lastDueAtMs;
      if (alarm && !isNeeded) await deps.leases.deleteAlarm(alarm, alarm.writeId);
      // Ours may lie over theirs, and would vanish before their messages do.
      const removableAtMs = leaseRemovableAt(found);
      if (alarm && isNeeded && removableAtMs > alarm.removableAtMs) {
        await setAlarm(deps, { ...alarm, delayedCount: found.count, removableAtMs, writeId: deps.system.newId() });
      }
    },
    /** A sender frozen for so long may have lost its alarm to a reader that found no segment. */
    async afterLanding(segment) {
      const isLate = !alarm || deps.system.now() - alarm.setAtMs > timing.slowSenderMs;
      if (isLate) await put(segment);
    },
  };
}
