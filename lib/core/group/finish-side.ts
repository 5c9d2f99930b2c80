import type { Deps } from '../deps.ts';
import type { Alarm } from '../ports/lease-table.ts';
import type { QueueView, SideChain } from '../ports/queue-table.ts';
import { changeGroup } from '../queue/delay-lane.ts';
import { bounds, timing } from '../timing.ts';
import { isSettledFor, parkAlarm, unparkBelow } from './alarm.ts';
import { boundFor, type Pull } from './pull.ts';
import { knowsChainEnd, type ReaderMemory, type ShardReader } from './reader-memory.ts';
import { shardsToRead } from './served-chains.ts';

/**
 * A side chain with nothing left to do is not looked at any more, so that polls cost again what they did
 * before. Nothing is left when every shard is claimed and looked at up to its bound, and no alarm stands:
 * what is not settled has one at every moment (look.ts). Alarms that are put aside must be of what is settled,
 * or lies above.
 */
export async function finishSide(deps: Deps, view: QueueView, side: SideChain, memory: ReaderMemory, pull: Pull): Promise<void> {
  const shards = await shardsToRead(deps, memory, view, { chain: side.chain, side });
  const isRead = shards.every((shard) => {
    const reader = memory.shards.get(shard);
    return reader !== undefined && isReadTo(reader, pull);
  });
  if (!isRead) return;
  if (!await hasNoAlarm(deps, memory, pull) || await unparkBelow(deps, pull, true) > 0) return;
  const finishedAtMs = deps.system.now();
  await changeGroup(deps, view, ({ sides }) => {
    const open = sides.find(({ chain, finishedAtMs: at }) => chain.id === side.chain.id && at === undefined);
    return open && { sides: sides.map((other) => (other === open ? { ...other, finishedAtMs } : other)) };
  });
}

/** An alarm may outlast what it is for by hours, while all of that was deleted: now and then they are looked at before they are due. */
async function hasNoAlarm(deps: Deps, memory: ReaderMemory, pull: Pull): Promise<boolean> {
  const isLookDue = memory.alarmsLookedAtMs === undefined || pull.nowMs - memory.alarmsLookedAtMs >= timing.finishLookMs;
  const alarms = await deps.leases.listAlarms({ chain: pull.chain.id, limit: isLookDue ? bounds.finishAlarms : 1, consistent: true });
  const [first, ...others] = alarms;
  if (!first) return true;
  if (!isLookDue) return false;
  memory.alarmsLookedAtMs = pull.nowMs;
  if (!await dropSettled(deps, pull, first)) return false;
  const dropped = await Promise.all(others.map((alarm) => dropSettled(deps, pull, alarm)));
  return dropped.every(Boolean) && alarms.length < bounds.finishAlarms;
}

/** It is put aside where something above the bound needs it, should the chain come back into force. */
async function dropSettled(deps: Deps, pull: Pull, alarm: Alarm): Promise<boolean> {
  const lease = await deps.leases.readLease(alarm);
  if (!lease || !isSettledFor(pull, lease)) return false;
  await (lease.holds.length > 0 ? parkAlarm(deps, alarm) : deps.leases.deleteAlarm(alarm, alarm.writeId));
  return true;
}

/** Nothing below the bound that is not leased, and no lease there that the cursor has not passed. */
function isReadTo(reader: ShardReader, pull: Pull): boolean {
  const { next, low, sealedAt, emptySinceMs } = reader;
  if (!next || !knowsChainEnd(reader, pull.nowMs)) return false;
  const start = pull.chain.starts[reader.shard] ?? 0;
  const isClaimed = next.offset >= boundFor(pull, reader.shard) || (sealedAt !== undefined && next.offset >= sealedAt) || emptySinceMs !== undefined;
  return isClaimed && Math.max(low ?? 0, start) >= next.offset;
}
