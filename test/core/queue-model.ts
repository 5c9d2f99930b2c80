import { expect } from 'vitest';
import type { Delivery } from '../../lib/core/message.ts';
import { SKEW_MS } from './queue-calls.ts';

/** What a queue knows of one message, as simply as can be said. */
interface ModelMessage {
  readonly messageId: string;
  readonly isDelayed: boolean;
  readonly expiresAtMs: number;
  /** From when on it may be received: its due time, or that of its last receive and the margin for clocks. */
  availableAtMs: number;
  receiveCount: number;
  state: 'there' | 'deleted' | 'purged';
  /** Of its last receive. */
  handle: string | undefined;
}

/**
 * A queue in a few lines, to compare the real one with. It does not foretell what a receive answers
 * (a look may find less than there is), but what it may answer; everything else it foretells exactly.
 */
export class QueueModel {
  readonly #messages = new Map<string, ModelMessage>();
  readonly #byHandle = new Map<string, ModelMessage>();

  sent(messageId: string, nowMs: number, delayMs: number, retentionMs: number): void {
    expect(this.#messages.has(messageId)).toBe(false);
    this.#messages.set(messageId, {
      messageId, isDelayed: delayMs > 0, expiresAtMs: nowMs + delayMs + retentionMs, availableAtMs: nowMs + delayMs,
      receiveCount: 0, state: 'there', handle: undefined,
    });
  }

  received(deliveries: readonly Delivery[], nowMs: number, visibilityMs: number): void {
    for (const { messageId, receiptHandle, receiveCount, visibleAtMs } of deliveries) {
      const message = this.#messages.get(messageId);
      expect(message).toMatchObject({ state: 'there', receiveCount: receiveCount - 1 });
      expect(message?.availableAtMs).toBeLessThanOrEqual(nowMs);
      expect(message?.expiresAtMs).toBeGreaterThan(nowMs);
      expect(visibleAtMs).toBe(nowMs + visibilityMs);
      if (!message) continue;
      Object.assign(message, { receiveCount, handle: receiptHandle, availableAtMs: visibleAtMs + SKEW_MS });
      this.#byHandle.set(receiptHandle, message);
    }
  }

  deleted(receiptHandle: string): string {
    const message = this.#byHandle.get(receiptHandle);
    if (!message) return 'receiptHandleInvalid';
    if (message.state === 'there' && message.handle !== receiptHandle) return 'receiptHandleStale';
    if (message.state === 'there') message.state = 'deleted';
    return 'deleted';
  }

  changed(receiptHandle: string, nowMs: number, seconds: number): string {
    const message = this.#byHandle.get(receiptHandle);
    if (!message) return 'receiptHandleInvalid';
    if (message.state === 'deleted') return 'messageNotFound';
    if (message.state === 'purged') return 'messageNotFound';
    if (message.handle !== receiptHandle) return 'receiptHandleStale';
    message.availableAtMs = seconds === 0 ? nowMs : nowMs + seconds * 1000 + SKEW_MS;
    return 'changed';
  }

  cancelled(messageId: string): string {
    const message = this.#messages.get(messageId);
    if (!message) return 'messageNotFound';
    if (!message.isDelayed) return 'messageNotDelayed';
    if (message.state === 'there' && message.receiveCount > 0) return 'messageNotDelayed';
    if (message.state === 'there') message.state = 'deleted';
    return 'deleted';
  }

  purged(): void {
    for (const message of this.#messages.values()) message.state = 'purged';
  }

  /** What must still come, now that all time has passed but retention. */
  owed(nowMs: number): readonly string[] {
    return [...this.#messages.values()].filter(({ state, expiresAtMs }) => state === 'there' && expiresAtMs > nowMs).map(({ messageId }) => messageId).toSorted();
  }

  ids(): readonly string[] {
    return [...this.#messages.keys()];
  }

  /** Ids whose cancellation can be foretold: a purge takes the lease that would tell. */
  isCancellable(messageId: string): boolean {
    return this.#messages.get(messageId)?.state !== 'purged';
  }
}
