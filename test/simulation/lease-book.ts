import type { Lease } from '../../lib/core/ports/lease-table.ts';
import { messageIdAt } from '../../lib/core/position.ts';
import { Violation } from './violation.ts';

interface Leased {
  readonly end: number;
  isGone: boolean;
}

export interface LeaseBookOptions {
  readonly nowMs: () => number;
  readonly fail: (violation: Violation) => void;
  /** It has expired, or is not there. */
  readonly isExpired: (messageId: string) => boolean;
  /** The chain has nothing to do with it. */
  readonly isOthers: (messageId: string, chain: string) => boolean;
  readonly hasDeadLetter: (messageId: string, chain: string) => boolean;
}

/** Reads along what leases are put, and what they say. */
export class LeaseBook {
  bytesMax = 0;
  /** By chain: what its leases say went to the dead-letter queue, and since when. */
  readonly #deadLettered = new Map<string, Map<string, number>>();
  /** By chain and shard, by first offset. */
  readonly #leased = new Map<string, Map<number, Leased>>();
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

  /** By TTL. */
  removed({ chain, shard, first }: Lease): void {
    const leased = this.#leased.get(`${chain} ${shard}`)?.get(first);
    if (leased) leased.isGone = true;
  }

  /** Leases of a chain never cover an offset twice, also when the first of the two has expired; but for what it only passed over. */
  #checkOverlap({ chain, shard, first, end }: Lease): void {
    const name = `${chain} ${shard}`;
    const leased = this.#leased.get(name) ?? new Map<number, Leased>();
    this.#leased.set(name, leased);
    for (const [otherFirst, { end: otherEnd, isGone }] of leased) {
      const isOver = (messageId: string): boolean => this.#options.isExpired(messageId) || (isGone && this.#options.isOthers(messageId, chain));
      if (first < otherEnd && otherFirst < end && !isAll(shard, Math.max(first, otherFirst), Math.min(end, otherEnd), isOver)) {
        this.#options.fail(new Violation(2, `leases [${otherFirst}, ${otherEnd}) and [${first}, ${end}) of shard ${shard} overlap`, [shard]));
      }
    }
    leased.set(first, { end, isGone: false });
  }
}

function isAll(shard: string, first: number, end: number, isOver: (messageId: string) => boolean): boolean {
  for (let offset = first; offset < end; offset += 1) {
    if (!isOver(messageIdAt({ shard, offset }))) return false;
  }
  return true;
}
