import type { PushesSeen } from './endpoint-process.ts';

/** What an endpoint notes of the requests it gets. */
export interface PushTally {
  /** A request has come. Answers what to call once it is answered. */
  arrived(): (messageId: string) => void;
  /** Once every message was answered. */
  result(): PushesSeen | undefined;
}

export function pushTally(messages: number, nowMs: () => number): PushTally {
  const answered = new Set<string>();
  let [requests, underWay, mostAtOnce, tookMsInAll, lastAtMs] = [0, 0, 0, 0, 0];
  let firstAtMs: number | undefined;
  return {
    arrived() {
      const arrivedAtMs = nowMs();
      firstAtMs ??= arrivedAtMs;
      underWay += 1;
      mostAtOnce = Math.max(mostAtOnce, underWay);
      return (messageId) => {
        lastAtMs = nowMs();
        underWay -= 1;
        requests += 1;
        tookMsInAll += lastAtMs - arrivedAtMs;
        answered.add(messageId);
      };
    },
    result() {
      if (firstAtMs === undefined || answered.size < messages) return undefined;
      return { requests, mostAtOnce, firstAtMs, lastAtMs, tookMs: tookMsInAll / requests };
    },
  };
}
