import type { Delivery } from '../../lib/core/message.ts';
import type { Instance } from './instance.ts';
import type { Entry, LogBook } from './log-book.ts';
import { tokenOf } from './log-book.ts';
import { currentOwner, type SelectionTruth } from './ownership.ts';
import type { Scheduler } from './scheduler.ts';
import { type Invariant, Violation } from './violation.ts';

/** One message in the hands of one consumer. */
export interface Holding {
  readonly messageId: string;
  readonly chain: string;
  readonly holder: string;
  readonly receiptHandle: string;
  readonly receiveCount: number;
  readonly atMs: number;
  /** True time until which the holder may believe to hold it. */
  untilMs: number;
  /** Until when it was to hold it before a change that it was never told the outcome of; absent: no such change. */
  untilBeforeChangeMs?: number;
  /** It asked to delete it, or gave it back. */
  isReleased: boolean;
}

/** What consumers were told of one message in one chain. */
interface History {
  readonly holdings: Holding[];
  settledAtMs: number | undefined;
  /** A deletion was asked for: it may have happened. */
  isSettleAsked: boolean;
}

export interface LedgerOptions {
  readonly scheduler: Scheduler;
  readonly book: LogBook;
  readonly fail: (violation: Violation) => void;
  readonly checked: (invariant: Invariant) => void;
  readonly trace: (line: string) => void;
}

const CLOCK_SKEW_MS = 200;
/** Whoever looked before a message expired may hand it out this much later. */
const FROZEN_MS_MAX = 16 * 60_000;

export const chainOf = (receiptHandle: string): string => receiptHandle.split(':', 2)[1] ?? '';

/** What clients were told, compared at each instant with what they were told before. */
export class Ledger {
  readonly #histories = new Map<string, Map<string, History>>();
  /** By message and chain. */
  readonly #cancelled = new Set<string>();
  /** By message and the name of what is consumed. */
  readonly #cancelAsked = new Set<string>();
  readonly #refused = new Set<string>();
  readonly #options: LedgerOptions;

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  sent(token: string, messageId: string): void {
    const { book, checked, trace } = this.#options;
    trace(`  ${token} was sent as ${messageId}`);
    const entry = book.entries.get(messageId);
    checked(9);
    if (entry?.token !== token) { this.#fail(9, `${token} was acknowledged as ${messageId}, but is not there`, [messageId, token]); return; }
    entry.isAcknowledged = true;
  }

  /** Refused for itself: it may be in no log, whatever became of its neighbours. */
  refused(token: string): void {
    this.#options.checked(8);
    this.#refused.add(token);
    if (this.#options.book.byToken.has(token)) this.#fail(8, `${token} was refused, but is in the log`, [token]);
  }

  /** @returns what the consumer now holds */
  delivered(holder: string, instance: Instance, deliveries: readonly Delivery[]): readonly Holding[] {
    return deliveries.map((delivery) => this.#deliver(holder, instance, delivery));
  }

  #deliver(holder: string, instance: Instance, delivery: Delivery): Holding {
    const { messageId, receiptHandle, receiveCount, visibleAtMs } = delivery;
    const { scheduler: { nowMs }, book, trace, checked } = this.#options;
    const chain = chainOf(receiptHandle);
    trace(`  ${holder} got ${messageId} (${tokenOf(delivery)}), receive ${receiveCount}, until ${visibleAtMs}`);
    const holding: Holding = {
      messageId, chain, holder, receiptHandle, receiveCount, atMs: nowMs, untilMs: instance.trueMs(visibleAtMs), isReleased: false,
    };
    const history = this.#history(messageId, chain);
    this.#checkAgainst(history, holding);
    history.holdings.push(holding);
    const entry = book.entryIn(chain, messageId);
    checked(1);
    if (!entry) { this.#fail(1, `${messageId} was delivered, but never sent`, [messageId]); return holding; }
    this.#checkEntry(entry, holding, instance.now());
    this.#checkOwner(entry, holding);
    book.subscriptions.delivered(entry);
    return holding;
  }

  /** Delivered in the chain that owes it, or beside that in a selection of what is settled. */
  #checkOwner(entry: Entry, { messageId, chain, atMs, holder }: Holding): void {
    const { book, checked } = this.#options;
    checked(7);
    const [last, before] = [entry.owners[entry.owners.length - 1], entry.owners[entry.owners.length - 2]];
    const selection = book.ownership.selections.get(chain);
    if (selection) { this.#checkSelected(entry, selection, messageId, atMs); return; }
    const isEarly = last?.chain === chain && atMs < last.sinceMs - CLOCK_SKEW_MS && before?.chain !== chain;
    const isLate = last?.chain !== chain && (before?.chain !== chain || atMs > (last?.sinceMs ?? 0) + CLOCK_SKEW_MS);
    if (isEarly || isLate) {
      this.#fail(7, `${messageId} was given to ${holder} in chain ${chain}, but ${last?.chain} has it since ${last?.sinceMs}`, [messageId]);
    }
  }

  #checkSelected(entry: Entry, { chain, record, undoneAtMs }: SelectionTruth, messageId: string, atMs: number): void {
    const { enqueuedAtMs, landedAtMs, owners, voidSince } = entry;
    if (atMs > undoneAtMs + CLOCK_SKEW_MS) this.#fail(7, `${messageId} was handed out by selection ${record.rewindId}, which was undone`, [messageId]);
    this.#checkAgainstOthers(entry, chain, atMs);
    const { fromMs = 0, toMs = Number.POSITIVE_INFINITY, filter } = record;
    // What lands while its shards are searched falls on either side.
    const isLate = landedAtMs >= this.#options.book.ownership.askedAtMs(record);
    const isInside = (isLate || (enqueuedAtMs >= fromMs && enqueuedAtMs < toMs)) && (filter?.messageIds?.includes(messageId) ?? true);
    if (!isInside) this.#fail(7, `${messageId} was handed out by a selection that it is not in`, [messageId]);
    const isFresh = owners.some(({ sinceMs }) => atMs - sinceMs < FROZEN_MS_MAX);
    const mayBe = owners.some(({ chain }) => this.mayBeSettled(messageId, chain) || this.#options.book.isDeadLettered(messageId, chain));
    // What lies before the start of a subscription counts as settled, as what was purged does.
    const isBehind = owners.every((owner) => owner.chain === '');
    if (!mayBe && !isFresh && !isBehind && !voidSince) this.#fail(2, `${messageId} was handed out by a selection, but is not settled`, [messageId]);
  }

  /** Of several selections one has a message at a time, unless it was taken away from its holder by a rewind, a purge or an undo. */
  #checkAgainstOthers({ messageId, reader, owners, voidSince }: Entry, chain: string, atMs: number): void {
    const { selections } = this.#options.book.ownership;
    const sinceMs = Math.max(voidSince?.atMs ?? 0, ...owners.map((owner) => owner.sinceMs));
    for (const [other, { holdings }] of this.#histories.get(messageId) ?? []) {
      if (other === chain || selections.get(other)?.reader !== reader) continue;
      const holding = holdings.find(({ untilMs, isReleased, atMs: gotAtMs }) => !isReleased && untilMs > atMs && gotAtMs > sinceMs);
      if (holding) this.#fail(2, `${messageId} was handed out by selection ${chain} while ${holding.holder} held it from ${other} until ${holding.untilMs}`, [messageId]);
    }
  }

  #checkAgainst({ holdings, settledAtMs }: History, { messageId, chain, holder, receiveCount }: Holding): void {
    const { scheduler: { nowMs }, checked } = this.#options;
    checked(2);
    const other = holdings.find(({ untilMs, isReleased }) => !isReleased && untilMs > nowMs);
    if (other) this.#fail(2, `${messageId} was given to ${holder} while ${other.holder} held it until ${other.untilMs}`, [messageId]);
    checked(3);
    if (settledAtMs !== undefined || this.#cancelled.has(`${messageId} ${chain}`)) this.#fail(3, `${messageId} was deleted, then given to ${holder}`, [messageId]);
    checked(5);
    const last = holdings[holdings.length - 1];
    if (last && receiveCount <= last.receiveCount) {
      this.#fail(5, `${messageId} had receive count ${last.receiveCount}, then ${receiveCount}`, [messageId]);
    }
  }

  #checkEntry({ messageId, reader, content, voidSince, expiresAtMs }: Entry, { receiveCount, atMs, untilMs, chain }: Holding, clockMs: number): void {
    const incarnation = this.#options.book.incarnations.get(reader);
    // Given back at once by whoever had it first, the next one's clock may still be behind.
    const aheadMs = receiveCount > 1 ? CLOCK_SKEW_MS : 0;
    if (content.dueAtMs !== undefined && clockMs < content.dueAtMs - aheadMs) this.#fail(1, `${messageId} was delivered before its time`, [messageId]);
    // A selection may bring back what was purged.
    const isSelected = this.#options.book.ownership.selections.has(chain);
    if (!isSelected && voidSince?.certain && atMs > voidSince.effectiveAtMs + CLOCK_SKEW_MS) {
      this.#fail(3, `${messageId} was purged, but delivered ${atMs - voidSince.effectiveAtMs} ms after that took effect`, [messageId]);
    }
    if (incarnation && receiveCount > incarnation.maxReceiveCountMax) {
      this.#fail(5, `${messageId} was delivered ${receiveCount} times, with ${incarnation.maxReceiveCountMax} allowed`, [messageId]);
    }
    if (atMs > expiresAtMs + Math.max(0, untilMs - atMs) + FROZEN_MS_MAX) this.#fail(1, `${messageId} was delivered after it expired`, [messageId]);
  }

  deleteAsked(holding: Holding): void {
    this.#options.trace(`  ${holding.holder} deletes ${holding.messageId}, receive ${holding.receiveCount}`);
    holding.isReleased = true;
    this.#history(holding.messageId, holding.chain).isSettleAsked = true;
  }

  /** `outcome` as the answer had it; `isFaulty`: the store did not answer, so that nothing is known. */
  deleteAnswered(holding: Holding, askedAtMs: number, outcome: 'deleted' | 'stale'): void {
    const { messageId, chain, receiveCount } = holding;
    const { book, scheduler: { nowMs }, checked, trace } = this.#options;
    trace(`  ${messageId}, receive ${receiveCount}: ${outcome}`);
    checked(4);
    const entry = book.entryIn(chain, messageId);
    // In a chain that is left a deletion is answered without a look.
    const isCurrent = entry && (book.ownership.selections.has(chain) || (currentOwner(entry) === chain && !entry.voidSince));
    if (outcome === 'stale' || !isCurrent) return;
    const history = this.#history(messageId, chain);
    const newer = history.holdings.find((other) => other.receiveCount > receiveCount && !other.isReleased && other.atMs < askedAtMs && other.untilMs > nowMs);
    if (newer) this.#fail(4, `${messageId} is held by ${newer.holder}, but a stale handle deleted it`, [messageId]);
    history.settledAtMs ??= nowMs;
  }

  /** Until the answer it holds it for the shorter of the two times. */
  changeAsked(holding: Holding, dueMs: number): void {
    holding.untilBeforeChangeMs = Math.max(holding.untilMs, holding.untilBeforeChangeMs ?? 0);
    holding.untilMs = Math.min(holding.untilMs, dueMs);
  }

  changeAnswered(holding: Holding, untilMs: number): void {
    this.#options.trace(`  ${holding.messageId}, receive ${holding.receiveCount}: held until ${untilMs}`);
    delete holding.untilBeforeChangeMs;
    if (!holding.isReleased) holding.untilMs = untilMs;
  }

  /**
   * A change that nobody was told of may land after the look that its alarm was for: the lease then
   * says one time, and the message comes back at the other.
   */
  mayComeBackAtMs(messageId: string): number {
    const holdings = [...this.#histories.get(messageId)?.values() ?? []].flatMap((history) => history.holdings);
    return Math.max(0, ...holdings.map(({ untilBeforeChangeMs }) => untilBeforeChangeMs ?? 0));
  }

  cancelAsked(name: string, messageId: string): void {
    this.#cancelAsked.add(`${messageId} ${name}`);
  }

  /** `chain`: that of the message when it was asked for; in another one since it may have had no effect. */
  cancelAnswered(messageId: string, chain: string): void {
    this.#options.checked(3);
    this.#options.trace(`  ${messageId} was cancelled`);
    const entry = this.#options.book.entryIn(chain, messageId);
    if (entry && currentOwner(entry) === chain) this.#cancelled.add(`${messageId} ${chain}`);
  }

  /** The chain that owes it to the consumers of a queue or a subscription. */
  ownerOf(name: string, messageId: string): string {
    const entry = this.#options.book.entryOf(this.#options.book.readerNamed(name), messageId);
    return entry ? currentOwner(entry) : '';
  }

  /** May a message that nobody receives any more in a chain be gone because somebody asked for it? */
  mayBeSettled(messageId: string, chain: string): boolean {
    return this.#cancelAsked.has(`${messageId} ${this.#options.book.nameOf(chain)}`) || this.mayBeSettledIn(messageId, chain);
  }

  mayBeSettledIn(messageId: string, chain: string): boolean {
    const history = this.#histories.get(messageId)?.get(chain);
    return history !== undefined && (history.isSettleAsked || history.settledAtMs !== undefined);
  }

  holderOf(messageId: string, chain: string): string | undefined {
    const holdings = this.#histories.get(messageId)?.get(chain)?.holdings ?? [];
    return holdings.find(({ untilMs, isReleased }) => !isReleased && untilMs > this.#options.scheduler.nowMs)?.holder;
  }

  isSettled(messageId: string, chain: string, beforeMs: number): boolean {
    return (this.#histories.get(messageId)?.get(chain)?.settledAtMs ?? Number.POSITIVE_INFINITY) < beforeMs;
  }

  #history(messageId: string, chain: string): History {
    const chains = this.#histories.get(messageId) ?? new Map<string, History>();
    this.#histories.set(messageId, chains);
    const history = chains.get(chain) ?? { holdings: [], settledAtMs: undefined, isSettleAsked: false };
    chains.set(chain, history);
    return history;
  }

  #fail(invariant: Invariant, text: string, about: readonly string[]): void {
    this.#options.fail(new Violation(invariant, text, about));
  }
}
