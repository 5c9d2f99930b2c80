import type { LiveShard } from '../ports/queue-table.ts';
import type { System } from '../ports/system.ts';
import type { EpochMs } from '../time.ts';
import { bounds, growth, timing } from '../timing.ts';
import type { LaneMemory } from './lane-memory.ts';

/**
 * The shard to append to: the one this sender sticks to, chosen anew when it is gone, and, after a
 * while without refusals, among fewer shards, so that the higher ones fall idle and can be retired.
 */
export function chooseShard(memory: LaneMemory, shards: readonly LiveShard[], system: System): string {
  const nowMs = system.now();
  const isQuiet = memory.chosenAtMs !== undefined && nowMs - memory.chosenAtMs > timing.shardIdleMs
    && !wasRefusedWithin(memory, timing.shardIdleMs, nowMs);
  if (isQuiet && memory.breadth > 1) {
    memory.breadth = Math.max(1, Math.floor(Math.min(memory.breadth, shards.length) / 2));
    choose(memory, shards, system);
  } else if (isQuiet) {
    memory.chosenAtMs = nowMs;
  }
  if (!shards.some(({ id }) => id === memory.shard)) choose(memory, shards, system);
  return memory.shard ?? choose(memory, shards, system);
}

/** In any shard of the lane: where one is crowded, the one that a sender hops to most likely is as well. */
export const wasRefusedWithin = ({ refusedAtMs }: LaneMemory, ms: number, nowMs: EpochMs): boolean =>
  [...refusedAtMs.values()].some((atMs) => nowMs - atMs <= ms);

function choose(memory: LaneMemory, shards: readonly LiveShard[], system: System, except?: string): string {
  const among = shards.slice(0, memory.breadth).filter(({ id }) => id !== except);
  const chosen = among[Math.floor(system.random() * among.length)] ?? shards[0];
  if (!chosen) throw new Error('a lane without a shard');
  memory.shard = chosen.id;
  memory.chosenAtMs = system.now();
  return chosen.id;
}

export function noteLanding(memory: LaneMemory): void {
  memory.puts += 1;
  if (memory.puts > growth.puts && memory.refusals <= memory.puts * growth.refusedPart) forgetCounts(memory);
}

/** Refused by another sender: widen the choice and hop to another shard. */
export function noteRefusal(memory: LaneMemory, shard: string, shards: readonly LiveShard[], system: System): void {
  memory.puts += 1;
  memory.refusals += 1;
  memory.refusedAtMs.set(shard, system.now());
  memory.breadth = Math.min(shards.length, Math.max(2, Math.min(memory.breadth, shards.length) * 2));
  choose(memory, shards, system, shards.length > 1 ? shard : undefined);
}

/** True once, when more than the tolerated part of the recent puts was refused; counting begins anew. */
export function wantsGrowth(memory: LaneMemory, shardCount: number): boolean {
  const isDue = memory.puts >= growth.puts && memory.refusals > memory.puts * growth.refusedPart;
  if (isDue) forgetCounts(memory);
  return isDue && shardCount < bounds.shardsMax;
}

function forgetCounts(memory: LaneMemory): void {
  memory.puts = 0;
  memory.refusals = 0;
}
