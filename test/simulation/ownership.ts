import type { Outcome } from '../../lib/core/message-filter.ts';
import { matcherOf } from '../../lib/core/message-filter.ts';
import type { RewindRecord } from '../../lib/core/ports/job-table.ts';
import type { Group, SideChain } from '../../lib/core/ports/queue-table.ts';
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
  /** The queue or subscription that it is of. */
  readonly reader: string;
  readonly chain: string;
  readonly record: RewindRecord;
  /** Messages that were settled for certain when it landed. */
  readonly owed: Set<Entry>;
  isEnded: boolean;
  /** It has handed out everything, and all of that was deleted. */
  isFinished: boolean;
  /** When its undo takes effect; for ever, where there is none. */
  undoneAtMs: number;
}

interface Snapshot {
  readonly owners: ReadonlyMap<Entry, readonly Ownership[]>;
  readonly voids: ReadonlyMap<Entry, Entry['voidSince']>;
  readonly main: string;
  readonly selections: ReadonlySet<string>;
}

export interface OwnershipOptions {
  readonly nowMs: () => number;
  readonly fail: (violation: Violation) => void;
  readonly checked: () => void;
  /** Is it the group's for certain? */
  readonly isMeant: (entry: Entry) => boolean;
  /** When it was asked for, by whom. */
  readonly askedAtMs: (requestedBy: string) => number;
  readonly outcomeOf: (entry: Entry, chain: string, beforeMs: number) => Outcome | undefined;
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

  #selectionsOf(reader: string): readonly SelectionTruth[] {
    return [...this.selections.values()].filter((selection) => selection.reader === reader);
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
    if (record?.kind === 'undo') this.#undone(group, record.undoes ?? '');
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
      selections: new Set(this.#selectionsOf(group.incarnation).map(({ chain }) => chain)),
    });
    if (record.kind === 'purge') this.#purged(group, record, entries);
    else this.#rewound(group, record, entries);
  }

  /** What landed before the purge was asked for is gone, what landed during it may be. */
  #purged({ incarnation, chain, effectiveAtMs }: Group, { requestedBy = '' }: RewindRecord, entries: readonly Entry[]): void {
    const askedAtMs = this.#options.askedAtMs(requestedBy);
    for (const entry of entries) {
      if (entry.voidSince?.certain) continue;
      const certain = entry.landedAtMs < askedAtMs;
      entry.voidSince = { atMs: this.#options.nowMs(), effectiveAtMs, certain };
      if (!certain) entry.owners = [...entry.owners, { chain: chain.id, sinceMs: effectiveAtMs }];
    }
    for (const selection of this.#selectionsOf(incarnation)) selection.isEnded = true;
  }

  /** Everything enqueued from then on is the new chain's, also what was purged before. */
  #rewound(group: Group, { requestedBy = '', fromMs = epochMs(0) }: RewindRecord, entries: readonly Entry[]): void {
    const askedAtMs = this.#options.askedAtMs(requestedBy);
    const old = new Set(entries.filter(({ landedAtMs }) => landedAtMs < askedAtMs).map(({ shard }) => shard));
    for (const entry of entries) {
      // Made since it was asked for, a shard of ready messages is the new chain's from its first on; a subscription reads all shards so.
      const isNew = !old.has(entry.shard) && (entry.content.dueAtMs === undefined || entry.reader !== entry.log);
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
      for (const selection of this.#selectionsOf(group.incarnation)) selection.owed.delete(entry);
    }
  }

  /** A rewind to a message splits what was enqueued at the same instant. */
  #isAtMessage = ({ enqueuedAtMs }: Entry, fromMs: number): boolean => enqueuedAtMs === fromMs;

  #isExpired = ({ expiresAtMs }: Entry): boolean => this.#options.nowMs() >= expiresAtMs;

  /** Back to who owed what before; what has landed since is the old main chain's. */
  #restore(group: Group, known: Incarnation, entries: readonly Entry[], undone: string): void {
    const snapshot = this.#snapshots.get(undone);
    if (!snapshot) return;
    this.#checkKept(group, snapshot);
    for (const entry of entries) {
      const before = snapshot.owners.get(entry);
      // Of what lies before the start of a subscription there is no owner.
      const chain = before ? before[before.length - 1]?.chain ?? '' : snapshot.main;
      entry.owners = [...entry.owners, { chain, sinceMs: group.effectiveAtMs }];
      const purged = snapshot.voids.get(entry);
      // Purged, and brought back by the rewind that is undone: it may be had until that takes effect.
      if (known.deletedAtMs === undefined) entry.voidSince = purged && { ...purged, effectiveAtMs: Math.max(purged.effectiveAtMs, group.effectiveAtMs) };
    }
  }

  /** A selection that was made since what is undone goes on after it; what is above its reach is another chain's now. */
  #checkKept({ incarnation, sides }: Group, { selections }: Snapshot): void {
    for (const { chain, record: { rewindId }, owed, isEnded, isFinished } of this.#selectionsOf(incarnation)) {
      if (isEnded || isFinished || selections.has(chain)) continue;
      if (owed.size > 0 && !sides.some((side) => side.rewindId === rewindId)) {
        this.#options.fail(new Violation(7, `selection ${rewindId} was lost by the undo of something older`, [rewindId]));
      }
      const until = sides.find((side) => side.chain.id === chain)?.reach.until ?? {};
      for (const entry of owed) if (entry.offset >= (until[entry.shard] ?? 0)) owed.delete(entry);
    }
  }

  #undone({ effectiveAtMs }: Group, rewindId: string): void {
    for (const selection of this.selections.values()) {
      if (selection.record.rewindId === rewindId) Object.assign(selection, { isEnded: true, undoneAtMs: Math.min(selection.undoneAtMs, effectiveAtMs) });
    }
  }

  #noteSelections(group: Group, entries: readonly Entry[]): void {
    const served = group.sides.filter(({ kind }) => kind === 'selection');
    for (const selection of this.#selectionsOf(group.incarnation)) if (!served.some((side) => side.chain.id === selection.chain)) selection.isEnded = true;
    for (const side of served) {
      const record = this.#records.get(side.rewindId);
      const known = this.selections.get(side.chain.id);
      // An undo of what came after it brings it back.
      const isFinished = side.finishedAtMs !== undefined;
      if (known) Object.assign(known, { isEnded: known.undoneAtMs < Number.POSITIVE_INFINITY, isFinished });
      else if (record) this.selections.set(side.chain.id, this.#begins(group.incarnation, side, record, entries));
    }
  }

  #begins(reader: string, { chain: { id, starts } }: SideChain, record: RewindRecord, entries: readonly Entry[]): SelectionTruth {
    // One that begins again after an undo does so where that undo made another chain responsible.
    const isAgain = this.#selectionsOf(reader).some((other) => other.record.rewindId === record.rewindId);
    const inReach = isAgain ? entries.filter(({ shard, offset }) => offset >= (starts[shard] ?? 0)) : entries;
    const askedAtMs = this.#options.askedAtMs(record.requestedBy ?? '');
    return { reader, chain: id, record, owed: this.#owedBy(reader, record, askedAtMs, inReach), isEnded: false, isFinished: false, undoneAtMs: Number.POSITIVE_INFINITY };
  }

  /** Settled for certain when it was asked for, and not for an older selection to hand out. */
  #owedBy(reader: string, record: RewindRecord, askedAtMs: number, entries: readonly Entry[]): Set<Entry> {
    const older = this.#selectionsOf(reader).filter((other) => other.record.rewindId !== record.rewindId && !other.isEnded);
    const isOthers = (entry: Entry): boolean => older.some(({ chain, record: other }) =>
      this.#passes(other, entry) && this.#options.outcomeOf(entry, chain, askedAtMs) === undefined);
    return new Set(entries.filter((entry) => {
      if (entry.landedAtMs >= askedAtMs || entry.voidSince || !this.#options.isMeant(entry) || !this.#isMeant(record, entry)) return false;
      const outcome = this.#options.outcomeOf(entry, currentOwner(entry), askedAtMs);
      return outcome !== undefined && (record.filter?.outcome ?? outcome) === outcome && !isOthers(entry);
    }));
  }

  #isMeant(record: RewindRecord, entry: Entry): boolean {
    const { fromMs = 0, toMs = Number.POSITIVE_INFINITY } = record;
    return entry.enqueuedAtMs > fromMs && entry.enqueuedAtMs < toMs && this.#passes(record, entry);
  }

  #passes({ filter = {} }: RewindRecord, { messageId, content, enqueuedAtMs }: Entry): boolean {
    return matcherOf(filter)({ ...content, messageId, enqueuedAtMs });
  }
}

export const currentOwner = ({ owners }: Entry): string => owners[owners.length - 1]?.chain ?? '';
