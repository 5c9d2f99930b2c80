import type { QueueCounts } from '../../core/queue/describe-queue.ts';

/** `msgCount`: all that wait for a subscriber, whether they can be received now or not. */
export const messageCount = ({ ready, inFlight, delayed }: QueueCounts): number => ready + inFlight + delayed;
