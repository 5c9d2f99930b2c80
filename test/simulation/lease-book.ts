import type { Lease } from '../../lib/core/ports/lease-table.ts';
import { messageIdAt } from '../../lib/core/position.ts';
import { Violation } from './violation.ts';

export interface LeaseBookOptions {
  readonly nowMs: () => number;
  readonly fail: (violation: Violation) => void;
  /** Also of what is not there. */
  readonly isExpired: (messageId: string) => boolean;
  readonly hasDeadLetter: (messageId: string, chain: string) => boolean;
}

/** Reads along what leases are put, and what they say. */
export class LeaseBook {
  bytesMax = 0;
  /** By chain: what its leases say went to the dead-letter queue, and since when. */
  readonly #deadLettered = new Map<string, Map<string, number>>();
  readonly #leased = new Map<string, Map<number, number>>();
  readonly #options: LeaseBookOptions;

  constructor(options: LeaseBookOptions) {
    this.#options = options;
  }

  isDeadLettered(messageId: string, chain: string, beforeMs: number): boolean {
    return (this.#deadLettered.get(chain)?.get(messageId) ?? beforeMs) < beforeMs;
  }

  observe(lease: Lease, before: Lease | undefined, bytes: number): void {
    this.bytesMax = Math.max(this.bytesMax, bytes);
    if (!before) this.#checkOverlap(lease);
    const known = new Set(before?.deadLettered);
    for (const position of lease.deadLettered.filter((other) => !known.has(other))) {
      const messageId = messageIdAt({ shard: lease.shard, offset: lease.first + position });
      const marked = this.#deadLettered.get(lease.chain) ?? new Map<string, number>();
      this.#deadLettered.set(lease.chain, marked.set(messageId, this.#options.nowMs()));
      if (this.#options.hasDeadLetter(messageId, lease.chain)) continue;
      this.#options.fail(new Violation(5, `${messageId} is marked as dead-lettered, but is in no dead-letter queue`, [messageId, lease.shard]));
    }
  }

  /** Leases of a chain never cover an offset twice, also when the first of the two has expired. */
  #checkOverlap({ chain, shard, first, end }: Lease): void {
    const name = `${chain} ${shard}`;
    const leased = this.#leased.get(name) ?? new Map<number, number>();
    this.#leased.set(name, leased);
    for (const [otherFirst, otherEnd] of leased) {
      if (first < otherEnd && otherFirst < end && !this.#isAllExpired(shard, Math.max(first, otherFirst), Math.min(end, otherEnd))) {
        this.#options.fail(new Violation(2, `leases [${otherFirst}, ${otherEnd}) and [${first}, ${end}) of shard ${shard} overlap`, [shard]));
      }
    }
    leased.set(first, end);
  }

  #isAllExpired(shard: string, first: number, end: number): boolean {
    for (let offset = first; offset < end; offset += 1) {
      if (!this.#options.isExpired(messageIdAt({ shard, offset }))) return false;
    }
    return true;
  }
}
