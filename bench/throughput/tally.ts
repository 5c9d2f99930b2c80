import type { LoadResult, LoadTask } from './broker.ts';

/** Counts what is acknowledged between the end of the warm-up and the end of the measurement. */
export interface Tally {
  add(messages: number): void;
  isOver(): boolean;
  /** `elapsedMs` ends with the last acknowledgement: a queue that ran empty is not waited for. */
  result(): LoadResult;
}

export function tally({ warmUpMs, measureMs }: Pick<LoadTask, 'warmUpMs' | 'measureMs'>, nowMs: () => number): Tally {
  const beginMs = nowMs() + warmUpMs;
  const endMs = beginMs + measureMs;
  let messages = 0;
  let messagesInAll = 0;
  let lastMs = beginMs;
  return {
    add(count) {
      const atMs = nowMs();
      messagesInAll += count;
      if (count === 0 || atMs < beginMs || atMs > endMs) return;
      messages += count;
      lastMs = atMs;
    },
    isOver: () => nowMs() >= endMs,
    result: () => ({ messages, elapsedMs: lastMs - beginMs, messagesInAll }),
  };
}
