import { timing } from '../../../lib/core/timing.ts';

export type Timing = { -readonly [Name in keyof typeof timing]: number };

/** Other durations than those that the protocol stands on, for as long as the task runs. */
export async function withTiming<T>(changed: Partial<Timing>, task: () => Promise<T>): Promise<T> {
  const usual = { ...timing };
  Object.assign(timing, changed);
  try {
    return await task();
  } finally {
    Object.assign(timing, usual);
  }
}
