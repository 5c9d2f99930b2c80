import { describe, expect, it } from 'vitest';
import { commandFor, Tally, traceOf } from './report.ts';
import { simulate } from './simulate.ts';

describe('the storage protocol under faults', () => {
  it.each([
    { play: 'queue', seeds: 80 },
    { play: 'topic', seeds: 60 },
  ] as const)('keeps its invariants in $seeds schedules of a $play, in which everything that can happen does', async ({ play, seeds }) => {
    const tally = new Tally(play);
    for (let seed = 1; seed <= seeds; seed += 1) {
      const world = await simulate({ seed, play });
      tally.add(world);
      if (world.violation) throw new Error(`${commandFor(world.plan)}\n${traceOf(world).slice(-40).join('\n')}`, { cause: world.violation });
    }
    expect(tally.unseen()).toEqual([]);
  }, 240_000);
});

describe('a schedule', () => {
  it('is the same each time it is run', async () => {
    for (const seed of [3, 17, 41]) {
      const [first, second] = [await simulate({ seed }), await simulate({ seed })];
      expect(second.lines).toEqual(first.lines);
      expect(second.hash).toBe(first.hash);
    }
  });

  it('is another one for another seed', async () => {
    const [first, second] = [await simulate({ seed: 3 }), await simulate({ seed: 4 })];
    expect(second.hash).not.toBe(first.hash);
  });

  it('stays the same up to where something is left out', async () => {
    const whole = await simulate({ seed: 3 });
    const shorter = await simulate({ seed: 3, without: new Set(['consumer1']) });
    const until = shorter.lines.findIndex((line, at) => line !== whole.lines[at]);
    expect(until).toBeGreaterThan(5);
    expect(shorter.counts.get('operation receive') ?? 0).toBeLessThan(whole.counts.get('operation receive') ?? 0);
  });
});
