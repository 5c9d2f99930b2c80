import type { EpochMs } from '../time.ts';

/** The clock, the dice and the ids: injected, so that a test or a simulation owns them. */
export interface System {
  now(): EpochMs;
  /** Resolves after `ms`, or at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** 0 ≤ x < 1 */
  random(): number;
  /** At least 64 bits of randomness in `[0-9a-z]`, 14 characters. */
  newId(): string;
}
