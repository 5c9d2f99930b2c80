import { expect, it } from 'vitest';
import { laneMemory } from '../../../lib/core/log/lane-memory.ts';
import { chooseShard, noteLanding, noteRefusal, wantsGrowth } from '../../../lib/core/log/shard-choice.ts';
import { bounds, timing } from '../../../lib/core/timing.ts';
import { memoryWorld } from '../../support/memory-deps.ts';
import { START_MS } from '../group/pieces.ts';

const shardsNamed = (...ids: readonly string[]) => ids.map((id) => ({ id, bornAtMs: START_MS }));
const four = shardsNamed('a', 'b', 'c', 'd');

it('sticks to the shard it chose', () => {
  const { system } = memoryWorld();
  const memory = laneMemory();
  const chosen = chooseShard(memory, four, system);
  for (let appends = 0; appends < 50; appends += 1) expect(chooseShard(memory, four, system)).toBe(chosen);
});

it('chooses anew when its shard is gone', () => {
  const { system } = memoryWorld();
  const memory = laneMemory();
  chooseShard(memory, shardsNamed('old'), system);
  expect(four.map(({ id }) => id)).toContain(chooseShard(memory, four, system));
});

it('hops to another shard when it was refused, where there is another', () => {
  const { system } = memoryWorld();
  const memory = laneMemory();
  for (let refusals = 0; refusals < 20; refusals += 1) {
    const refused = chooseShard(memory, four, system);
    noteRefusal(memory, refused, four, system);
    expect(chooseShard(memory, four, system)).not.toBe(refused);
  }
  const alone = shardsNamed('a');
  noteRefusal(memory, 'a', alone, system);
  expect(chooseShard(memory, alone, system)).toBe('a');
});

it('goes back to fewer shards, in the end to the first, after quiet times', () => {
  const { system, clock } = memoryWorld();
  const memory = laneMemory();
  chooseShard(memory, four, system);
  for (let rounds = 0; rounds < 3; rounds += 1) {
    clock.advance(timing.shardIdleMs + 1);
    chooseShard(memory, four, system);
  }
  expect(chooseShard(memory, four, system)).toBe('a');
});

it('does not go back before the quiet time is over', () => {
  const { system, clock } = memoryWorld();
  const memory = laneMemory();
  chooseShard(memory, four, system);
  const { breadth } = memory;
  clock.advance(timing.shardIdleMs);
  chooseShard(memory, four, system);
  expect(memory.breadth).toBe(breadth);
});

it('wants more shards once more than a fifth of ten puts was refused, not for less', () => {
  for (const [refusals, isWanted] of [[2, false], [3, true]] as const) {
    const { system } = memoryWorld();
    const memory = laneMemory();
    for (let puts = 0; puts < 10 - refusals; puts += 1) noteLanding(memory);
    for (let puts = 0; puts < refusals; puts += 1) noteRefusal(memory, 'a', four, system);
    expect(wantsGrowth(memory, 4)).toBe(isWanted);
    expect(wantsGrowth(memory, 4)).toBe(false);
  }
});

it('wants no more than the most there may be', () => {
  const { system } = memoryWorld();
  const memory = laneMemory();
  for (let puts = 0; puts < 10; puts += 1) noteRefusal(memory, 'a', four, system);
  expect(wantsGrowth(memory, bounds.shardsMax)).toBe(false);
});
