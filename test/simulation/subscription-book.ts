import type { Group, RegistryEntry } from '../../lib/core/ports/queue-table.ts';
import { logOf } from '../../lib/core/subscription.ts';
import type { FilterVersion } from '../../lib/core/subscription-filter.ts';
import { letsThrough } from './filter-truth.ts';
import type { Entry, Incarnation } from './log-book.ts';
import { Violation } from './violation.ts';

/** Where a subscription was asked to begin. */
export interface StartTruth {
  readonly askedAtMs: number;
  /** What was enqueued before this is not its own: a time, or that of the message it begins with. */
  readonly notBeforeMs: number;
  /** What was enqueued from then on is. Absent where it begins with "now": then from when it was created on, which is a little later than the code looked at its clock. */
  readonly certainMs?: number;
  /** The message that it begins with. */
  readonly messageId?: string;
}

interface Version extends FilterVersion {
  readonly changedAtMs: number;
  readonly landedAtMs: number;
}

interface SubscriptionTruth {
  readonly versions: Version[];
  readonly entries: Map<string, Entry>;
  isNamed: boolean;
  wasNamed: boolean;
}

export interface SubscriptionBookOptions {
  readonly nowMs: () => number;
  readonly fail: (violation: Violation) => void;
  readonly checked: () => void;
  /** Of what lands now in a log, for one of its readers. */
  readonly standingOf: (reader: string, log: string) => Pick<Entry, 'owners' | 'voidSince'>;
}

/** `either`: a filter was on its way when the message was enqueued, and came late. */
export type Belonging = 'yes' | 'no' | 'either';

/**
 * Until a consumer may judge by the filter before a change, from when that landed: an eventual read shows what
 * was a second ago, its clock is 100 ms ahead of the true time at most, and 1,600 ms from the read on are known.
 */
const BLIND_MS = 1000 + 100 + 1600;
/** So many filters are remembered; of one before them, which only what waited for its time was published under, nobody knows. */
const REMEMBERED = 20;
/** A change is in force three seconds after it was thought out, so that its write may take what is left of them. */
const ON_ITS_WAY_MS_MAX = 3000 - BLIND_MS;

export const isSubscription = (reader: string): boolean => logOf(reader) !== reader;

/** Which messages of a topic are which subscription's: worked out from starts and filters as they were asked for. */
export class SubscriptionBook {
  /** Where a subscription is to begin, by its incarnation: noted before its records are put. */
  readonly starts = new Map<string, StartTruth>();
  readonly #subscriptions = new Map<string, SubscriptionTruth>();
  /** As of so many versions of the filter. */
  readonly #belongings = new WeakMap<Entry, { readonly versions: number; readonly belonging: Belonging }>();
  readonly #options: SubscriptionBookOptions;

  constructor(options: SubscriptionBookOptions) {
    this.#options = options;
  }

  entriesOf(reader: string): ReadonlyMap<string, Entry> {
    return this.#truthOf(reader).entries;
  }

  /** Only of those that can be consumed: a creation that died half way has no name. */
  *owable(): Iterable<Entry> {
    for (const { isNamed, entries } of this.#subscriptions.values()) {
      if (!isNamed) continue;
      yield* entries.values();
    }
  }

  named(before: RegistryEntry | undefined, after: RegistryEntry | undefined): void {
    if (before && isSubscription(before.incarnation)) this.#truthOf(before.incarnation).isNamed = false;
    if (after && isSubscription(after.incarnation)) Object.assign(this.#truthOf(after.incarnation), { isNamed: true, wasNamed: true });
  }

  isNamed(reader: string): boolean {
    return this.#truthOf(reader).isNamed;
  }

  wasNamed(reader: string): boolean {
    return this.#truthOf(reader).wasNamed;
  }

  filtered(reader: string, filters: readonly FilterVersion[], changedAtMs: number): void {
    const { versions } = this.#truthOf(reader);
    for (const version of filters) {
      const isKnown = versions.some(({ fromMs, filter }) => fromMs === version.fromMs && JSON.stringify(filter) === JSON.stringify(version.filter));
      if (!isKnown) versions.push({ ...version, changedAtMs, landedAtMs: this.#options.nowMs() });
    }
  }

  /** A new subscription has what lies at or behind its starts, as it was asked for. */
  began({ incarnation, chain }: Group, { createdAtMs }: Pick<Incarnation, 'createdAtMs'>, log: readonly Entry[]): void {
    const start = this.starts.get(incarnation) ?? { askedAtMs: 0, notBeforeMs: 0 };
    const old = new Set(log.filter(({ landedAtMs }) => landedAtMs < start.askedAtMs).map(({ shard }) => shard));
    for (const entry of log) {
      const first = chain.starts[entry.shard] ?? (old.has(entry.shard) ? Number.POSITIVE_INFINITY : 0);
      const isCovered = entry.offset >= first;
      this.#checkStart(entry, { certainMs: createdAtMs, ...start }, isCovered);
      this.#add(incarnation, entry, isCovered ? [{ chain: chain.id, sinceMs: 0 }] : []);
    }
  }

  landed(entry: Entry): void {
    for (const reader of this.#subscriptions.keys()) {
      if (logOf(reader) === entry.log) this.#add(reader, entry, undefined);
    }
  }

  /** By the filter that was in force when it was enqueued, whoever gets it. */
  belonging(entry: Entry): Belonging {
    const { reader, log, recipient } = entry;
    if (reader === log) return 'yes';
    if (recipient !== undefined) return recipient === reader ? 'yes' : 'no';
    const { versions } = this.#truthOf(reader);
    const known = this.#belongings.get(entry);
    if (known?.versions === versions.length) return known.belonging;
    const belonging = belongingBy(versions, entry);
    this.#belongings.set(entry, { versions: versions.length, belonging });
    return belonging;
  }

  delivered(entry: Entry): void {
    if (entry.reader === entry.log) return;
    this.#options.checked();
    if (this.belonging(entry) !== 'no') return;
    this.#options.fail(new Violation(10, `${entry.messageId}, enqueued at ${entry.enqueuedAtMs}, was handed to ${entry.reader}, whose filter does not let it through`, [entry.messageId]));
  }

  #add(reader: string, entry: Entry, owners: Entry['owners'] | undefined): void {
    const standing = this.#options.standingOf(reader, entry.log);
    this.#truthOf(reader).entries.set(entry.messageId, { ...entry, ...standing, reader, ...(owners ? { owners } : {}) });
  }

  #checkStart({ messageId, shard, enqueuedAtMs, landedAtMs, expiresAtMs }: Entry, { askedAtMs, notBeforeMs, certainMs, messageId: first }: Required<Pick<StartTruth, 'certainMs'>> & StartTruth, isCovered: boolean): void {
    // A start at a message splits what was enqueued at the same instant.
    const isAside = expiresAtMs <= this.#options.nowMs() || (first !== undefined && enqueuedAtMs === notBeforeMs && first !== messageId);
    this.#options.checked();
    if (isAside) return;
    const isLost = !isCovered && (enqueuedAtMs >= certainMs || messageId === first);
    const isTooMuch = isCovered && enqueuedAtMs < notBeforeMs && landedAtMs < askedAtMs;
    if (!isLost && !isTooMuch) return;
    this.#options.fail(new Violation(10, `${messageId}, enqueued at ${enqueuedAtMs}, is ${isCovered ? '' : 'not '}covered by a subscription from ${notBeforeMs} or ${certainMs} on`, [messageId, shard]));
  }

  #truthOf(reader: string): SubscriptionTruth {
    const found = this.#subscriptions.get(reader);
    if (found) return found;
    const made: SubscriptionTruth = { versions: [], entries: new Map(), isNamed: false, wasNamed: false };
    this.#subscriptions.set(reader, made);
    return made;
  }
}

function belongingBy(versions: readonly Version[], { content, enqueuedAtMs }: Entry): Belonging {
  if (versions.filter(({ fromMs }) => fromMs > enqueuedAtMs).length >= REMEMBERED) return 'either';
  const answers = new Set(filtersFor(versions, enqueuedAtMs).map(({ filter }) => letsThrough(filter, content)));
  if (answers.size > 1) return 'either';
  return answers.has(true) ? 'yes' : 'no';
}

/** The one in force then; and the one before it where it came late, so that some knew it and some did not. */
function filtersFor(versions: readonly Version[], enqueuedAtMs: number): readonly Version[] {
  const inForce = versions.findLastIndex(({ fromMs }) => fromMs <= enqueuedAtMs);
  const all: Version[] = [];
  for (let at = Math.max(0, inForce); ; at -= 1) {
    const version = versions[at];
    if (!version) return all;
    all.push(version);
    const isLate = at > 0 && version.landedAtMs - version.changedAtMs > ON_ITS_WAY_MS_MAX && enqueuedAtMs < version.landedAtMs + BLIND_MS;
    if (!isLate) return all;
  }
}
