/**
 * Seeded dice in independent streams. A stream is named: what one part of a run draws does not depend
 * on how often another part did, so that a schedule from which something was left out stays the same
 * otherwise (shrink.ts).
 */
export interface Dice {
  /** 0 ≤ x < 1 */
  next(): number;
  chance(probability: number): boolean;
  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number;
  /** From `min` to `max`, each order of magnitude as likely as the next. */
  magnitude(min: number, max: number): number;
  pick<T>(among: readonly T[]): T;
  fork(name: string): Dice;
}

export const diceOf = (seed: number, name = ''): Dice => diceFrom(hashOf(`${seed} ${name}`), `${seed} ${name}`);

function diceFrom(start: number, name: string): Dice {
  let state = start;
  const next = (): number => {
    // Mulberry32: a counter, scrambled.
    state = (state + 0x6D_2B_79_F5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    chance: (probability) => next() < probability,
    between: (min, max) => min + Math.floor(next() * (max - min + 1)),
    magnitude: (min, max) => min * (max / min) ** next(),
    pick: (among) => {
      if (among.length === 0) throw new Error('nothing to pick from');
      return among[Math.floor(next() * among.length)]!;
    },
    fork: (other) => diceFrom(hashOf(`${name}/${other}`), `${name}/${other}`),
  };
}

/** FNV-1a, 32 bits; `basis` continues an earlier one. */
export function hashOf(text: string, basis = 0x81_1C_9D_C5): number {
  let hash = basis;
  for (let at = 0; at < text.length; at += 1) {
    hash ^= text.charCodeAt(at);
    hash = Math.imul(hash, 0x01_00_01_93);
  }
  return hash >>> 0;
}
