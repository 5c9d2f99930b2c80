import type { Outcome } from '../../lib/core/message-filter.ts';
import { matcherOf } from '../../lib/core/message-filter.ts';
import type { RewindRecord } from '../../lib/core/ports/job-table.ts';
import type { Group } from '../../lib/core/ports/queue-table.ts';
import { epochMs } from '../../lib/core/time.ts';
import type { Entry, Incarnation } from './log-book.ts';
import { Violation } from './violation.ts';

/** Which chain owes a message to its consumers, from when on. */
export interface Ownership {
  readonly chain: string;
  readonly sinceMs: number;
}

/** What a selective rewind has to hand out again. */
export interface SelectionTruth {
  readonly chain: string;
  readonly record: RewindRecord;
  /** Messages that were settled for certain when it landed. */
  readonly owed: Set<Entry>;
  isEnded: boolean;
}

interface Snapshot {
  readonly owners: ReadonlyMap<Entry, readonly Ownership[]>;
  readonly voids: ReadonlyMap<Entry, Entry['voidSince']>;
  readonly main: string;
}

export interface OwnershipOptions {
  readonly nowMs: () => number;
  readonly fail: (violation: Violation) => void;
  readonly checked: () => void;
  /** When it was asked for, by whom. */
  readonly askedAtMs: (requestedBy: string) => number;
  readonly outcomeOf: (entry: Entry, chain: string) => Outcome | undefined;
}

/**
 * The truth about chains, worked out from what was asked for and from enqueue times, not from the starts
 * that the code has found; those are compared with it.
 */
export class OwnershipBook {
  readonly selections = new Map<string, SelectionTruth>();
  readonly #records = new Map<string, RewindRecord>();
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #options: OwnershipOptions;

  constructor(options: OwnershipOptions) {
    this.#options = options;
  }

  askedAtMs({ requestedBy = '' }: RewindRecord): number {
    return this.#options.askedAtMs(requestedBy);
  }

  recorded(record: RewindRecord): void {
    this.#records.set(record.rewindId, record);
  }

  /** A group as it is from now on; `known.chain` is still the main chain before. */
  changed(group: Group, known: Incarnation, entries: readonly Entry[]): void {
    const record = this.#records.get(group.changeId ?? '');
    if (record && known.chain !== group.chain.id) this.#switched(group, known, entries, record);
    this.#noteSelections(group, entries);
    if (known.chain !== group.chain.id) {
      known.chainBefore = known.chain;
      known.effectiveAtMs = group.effectiveAtMs;
    }
    known.chain = group.chain.id;
  }

  #switched(group: Group, known: Incarnation, entries: readonly Entry[], record: RewindRecord): void {
    if (record.kind === 'undo') {
      this.#restore(group, known, entries, record.undoes ?? '');
      return;
    }
    this.#snapshots.set(record.rewindId, {
      owners: new Map(entries.map((entry) => [entry, entry.owners])), voids: new Map(entries.map((entry) => [entry, entry.voidSince])), main: known.chain,
    });
    if (record.kind === 'purge') this.#purged(group, record, entries);
    else this.#rewound(group, record, entries);
  }

  /** What landed before the purge was asked for is gone, what landed during it may be. */
  #purged({ chain, effectiveAtMs }: Group, { requestedBy = '' }: RewindRecord, entries: readonly Entry[]): void {
    const askedAtMs = this.#options.askedAtMs(requestedBy);
    for (const entry of entries) {
      if (entry.voidSince?.certain) continue;
      const certain = entry.landedAtMs < askedAtMs;
      entry.voidSince = { atMs: this.#options.nowMs(), effectiveAtMs, certain };
      if (!certain) entry.owners = [...entry.owners, { chain: chain.id, sinceMs: effectiveAtMs }];
    }
    for (const selection of this.selections.values()) selection.isEnded = true;
  }

  /** Everything enqueued from then on is the new chain's, also what was purged before. */
  #rewound(group: Group, { requestedBy = '', fromMs = epochMs(0) }: RewindRecord, entries: readonly Entry[]): void {
    const askedAtMs = this.#options.askedAtMs(requestedBy);
    const old = new Set(entries.filter(({ landedAtMs }) => landedAtMs < askedAtMs).map(({ shard }) => shard));
    for (const entry of entries) {
      // Made since it was asked for, a shard of ready messages is the new chain's from its first on.
      const isNew = !old.has(entry.shard) && entry.content.dueAtMs === undefined;
      const start = group.chain.starts[entry.shard] ?? (isNew ? 0 : undefined);
      const isCovered = start !== undefined && entry.offset >= start;
      const isCertain = entry.landedAtMs < askedAtMs && entry.voidSince?.effectiveAtMs !== Number.POSITIVE_INFINITY;
      this.#options.checked();
      if (isCertain && isCovered !== entry.enqueuedAtMs >= fromMs && !this.#isAtMessage(entry, fromMs) && !this.#isExpired(entry)) {
        this.#options.fail(new Violation(7, `${entry.messageId}, enqueued at ${entry.enqueuedAtMs}, is ${isCovered ? '' : 'not '}covered by a rewind to ${fromMs}`, [entry.messageId, entry.shard]));
      }
      if (!isCovered) continue;
      entry.owners = [...entry.owners, { chain: group.chain.id, sinceMs: group.effectiveAtMs }];
      if (entry.voidSince?.effectiveAtMs !== Number.POSITIVE_INFINITY) entry.voidSince = undefined;
      for (const selection of this.selections.values()) selection.owed.delete(entry);
    }
  }

  /** A rewind to a message splits what was enqueued at the same instant. */
  #isAtMessage = ({ enqueuedAtMs }: Entry, fromMs: number): boolean => enqueuedAtMs === fromMs;

  #isExpired = ({ expiresAtMs }: Entry): boolean => this.#options.nowMs() >= expiresAtMs;

  /** Back to who owed what before; what has landed since is the old main chain's. */
  #restore(group: Group, known: Incarnation, entries: readonly Entry[], undone: string): void {
    const snapshot = this.#snapshots.get(undone);
    if (!snapshot) return;
    for (const entry of entries) {
      const before = snapshot.owners.get(entry);
      const chain = before?.[before.length - 1]?.chain ?? snapshot.main;
      entry.owners = [...entry.owners, { chain, sinceMs: group.effectiveAtMs }];
      const purged = snapshot.voids.get(entry);
      // Purged, and brought back by the rewind that is undone: it may be had until that takes effect.
      if (known.deletedAtMs === undefined) entry.voidSince = purged && { ...purged, effectiveAtMs: Math.max(purged.effectiveAtMs, group.effectiveAtMs) };
    }
  }

  #noteSelections(group: Group, entries: readonly Entry[]): void {
    const served = new Set(group.sides.filter(({ kind }) => kind === 'selection').map(({ chain }) => chain.id));
    for (const [chain, selection] of this.selections) if (!served.has(chain)) selection.isEnded = true;
    for (const { kind, chain, rewindId } of group.sides) {
      const record = this.#records.get(rewindId);
      if (kind !== 'selection' || !record) continue;
      const known = this.selections.get(chain.id);
      // An undo of what came after it brings it back.
      if (known) known.isEnded = false;
      else this.selections.set(chain.id, { chain: chain.id, record, owed: this.#owedBy(record, this.#options.askedAtMs(record.requestedBy ?? ''), entries), isEnded: false });
    }
  }

  #owedBy(record: RewindRecord, askedAtMs: number, entries: readonly Entry[]): Set<Entry> {
    const isMeant = matcherOf(record.filter ?? {});
    return new Set(entries.filter((entry) => {
      const { messageId, content, enqueuedAtMs, landedAtMs, voidSince } = entry;
      const isInside = enqueuedAtMs > (record.fromMs ?? 0) && enqueuedAtMs < (record.toMs ?? Number.POSITIVE_INFINITY) && landedAtMs < askedAtMs;
      if (!isInside || voidSince || !isMeant({ ...content, messageId, enqueuedAtMs })) return false;
      const outcome = this.#options.outcomeOf(entry, currentOwner(entry));
      return outcome !== undefined && (record.filter?.outcome ?? outcome) === outcome;
    }));
  }
}

export const currentOwner = ({ owners }: Entry): string => owners[owners.length - 1]?.chain ?? '';
