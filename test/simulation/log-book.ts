import type { MessageContent } from '../../lib/core/message.ts';
import type { ObjectStore } from '../../lib/core/ports/object-store.ts';
import type { Segment } from '../../lib/core/ports/log-table.ts';
import type { Definition, Group } from '../../lib/core/ports/queue-table.ts';
import { messageIdAt } from '../../lib/core/position.ts';
import { historySeconds } from '../../lib/core/queue.ts';
import { logOf } from '../../lib/core/subscription.ts';
import type { EpochMs } from '../../lib/core/time.ts';
import { itemBytes } from '../../lib/storage/items/item-size.ts';
import type { Item, ItemKey } from '../../lib/storage/items/item-table.ts';
import { leaseFromItem } from '../../lib/storage/items/lease-item.ts';
import { definitionFromItem, groupFromItem, nameFromItem } from '../../lib/storage/items/queue-item.ts';
import { rewindFromItem } from '../../lib/storage/items/rewind-item.ts';
import { manifestFromItem } from '../../lib/storage/items/manifest-item.ts';
import { segmentFromItem } from '../../lib/storage/items/segment-item.ts';
import { segmentCodec } from '../../lib/storage/packing/segment-codec.ts';
import { ArchiveBook } from './archive-book.ts';
import { checkDeathOfAge } from './death-of-age.ts';
import { LeaseBook } from './lease-book.ts';
import { OwnershipBook, type Ownership } from './ownership.ts';
import type { Scheduler } from './scheduler.ts';
import { isSubscription, SubscriptionBook } from './subscription-book.ts';
import { type Invariant, Violation } from './violation.ts';

/**
 * One message in a log, whether or not anybody was told that it is there, as one group has it: that of its queue,
 * or a subscription. Of a topic's message there is one more, which is nobody's.
 */
export interface Entry {
  /** The incarnation of a queue, a subscription, or a topic. */
  readonly reader: string;
  /** The one subscription that it is for, whatever the filters say. */
  readonly recipient: string | undefined;
  readonly messageId: string;
  readonly token: string;
  readonly log: string;
  readonly shard: string;
  readonly offset: number;
  readonly content: MessageContent;
  readonly landedAtMs: number;
  readonly enqueuedAtMs: EpochMs;
  /** By the retention at the append; a shorter one that came later may end it sooner. */
  readonly expiresAtMs: number;
  readonly availableFromMs: number;
  /** Its sender was told. */
  isAcknowledged: boolean;
  /** The chains that owed it, one after another. */
  owners: readonly Ownership[];
  /** Owed to nobody any more: purged, or its queue deleted. */
  voidSince: { readonly atMs: number; readonly effectiveAtMs: number; readonly certain: boolean } | undefined;
}

export interface Incarnation {
  readonly id: string;
  readonly name: string;
  readonly createdAtMs: number;
  historySecondsMin: number;
  maxReceiveCountMax: number;
  /** Nothing may become a dead letter by age sooner. */
  maxAgeSecondsMin: number;
  chain: string;
  /** What was sent since the switch may still be had from it, until that takes effect. */
  chainBefore: string;
  effectiveAtMs: number;
  deletedAtMs: number | undefined;
}

export interface LogBookOptions {
  readonly scheduler: Scheduler;
  readonly objects: ObjectStore;
  readonly fail: (violation: Violation) => void;
  /** Nobody dies, stands still or waits in vain. */
  readonly isFaultless: boolean;
  /** When a purge, rewind or undo was asked for, by whom it was asked for. */
  readonly switchAskedAt: (requestedBy: string) => number;
  readonly checked: (invariant: Invariant) => void;
  /** Was it settled for certain before an instant, in a chain? */
  readonly isSettled: (messageId: string, chain: string, beforeMs: number) => boolean;
  /** Who may believe to hold it, by what it was told. */
  readonly holderOf: (messageId: string, chain: string) => string | undefined;
}

/** How long a repeat under an idempotency key is recognised. */
const REMEMBERED_MS = 86_400_000;

/** The part of a body that names the message. */
export const tokenOf = ({ body }: Pick<MessageContent, 'body'>): string =>
  (body.kind === 'text' ? body.text.split('|', 1)[0] ?? '' : '');

/** Reads along what is written to the table, and so knows what is in the logs, whoever wrote it. */
export class LogBook {
  readonly entries = new Map<string, Entry>();
  readonly byToken = new Map<string, Entry[]>();
  readonly incarnations = new Map<string, Incarnation>();
  readonly ownership: OwnershipBook;
  readonly archive: ArchiveBook;
  readonly subscriptions: SubscriptionBook;
  /** Originals, by replay. */
  readonly copies = new Map<string, Set<string>>();
  readonly leases: LeaseBook;
  readonly #codec = segmentCodec();
  /** Readers, by their chains. */
  readonly #readers = new Map<string, string>();
  readonly #options: LogBookOptions;

  constructor(options: LogBookOptions) {
    this.#options = options;
    this.leases = new LeaseBook({
      nowMs: () => options.scheduler.nowMs, fail: options.fail,
      isExpired: (messageId) => options.scheduler.nowMs >= (this.entries.get(messageId)?.expiresAtMs ?? 0),
      isOthers: (messageId, chain) => { const entry = this.entryIn(chain, messageId); return !entry || this.subscriptions.belonging(entry) !== 'yes'; },
      hasDeadLetter: (messageId, chain) => this.deadLetterOf(messageId, this.#readers.get(chain) ?? '') !== undefined,
    });
    this.archive = new ArchiveBook(options.objects, options.fail);
    this.subscriptions = new SubscriptionBook({
      nowMs: () => options.scheduler.nowMs, fail: options.fail, checked: () => options.checked(10),
      standingOf: (reader, log) => ({ owners: this.#ownersNow(reader), voidSince: this.#voidNow(reader) ?? this.#voidNow(log) }),
    });
    this.ownership = new OwnershipBook({
      nowMs: () => options.scheduler.nowMs, fail: options.fail, checked: () => options.checked(7), askedAtMs: options.switchAskedAt,
      isMeant: (entry) => this.subscriptions.belonging(entry) === 'yes',
      outcomeOf: (entry, chain, beforeMs) => {
        if (this.isDeadLettered(entry.messageId, chain, beforeMs)) return 'deadLettered';
        return options.isSettled(entry.messageId, chain, beforeMs) ? 'deleted' : undefined;
      },
    });
  }

  observe(key: ItemKey, after: Item | undefined, before: Item | undefined): void {
    if (key.pk.startsWith('l/') && key.sk.startsWith('A')) this.#observeManifest(after);
    else if (key.pk.startsWith('l/') && !key.sk.startsWith('B')) this.#observeSegment(after, before);
    if (key.pk.startsWith('q/') && key.sk === 'D' && after) this.#observeDefinition(definitionFromItem(after));
    if (key.pk.startsWith('q/') && key.sk === 'G' && after) this.#observeGroup(groupFromItem(after));
    if (key.pk.startsWith('n/')) this.subscriptions.named(before && nameFromItem(before), after && nameFromItem(after));
    if (key.pk.startsWith('j/') && key.sk.startsWith('W') && after) this.ownership.recorded(rewindFromItem(after));
    if (key.pk.startsWith('c/') && key.sk.startsWith('C') && !after && before) this.leases.removed(leaseFromItem(before));
    if (key.pk.startsWith('c/') && key.sk.startsWith('C') && after) this.leases.observe(leaseFromItem(after), before && leaseFromItem(before), itemBytes(after));
  }

  isDeadLettered(messageId: string, chain: string, beforeMs = Number.POSITIVE_INFINITY): boolean {
    return this.leases.isDeadLettered(messageId, chain, beforeMs);
  }

  /** The copy of a dead letter in its queue. */
  deadLetterOf(messageId: string, reader: string): Entry | undefined {
    const token = this.entries.get(messageId)?.token ?? '';
    return this.byToken.get(token)?.find(({ content: { origin } }) => origin?.messageId === messageId && origin.incarnation === reader);
  }

  /** The message as the group has it that the chain is of. */
  entryIn(chain: string, messageId: string): Entry | undefined {
    return this.entryOf(this.#readers.get(chain) ?? '', messageId);
  }

  entryOf(reader: string, messageId: string): Entry | undefined {
    return isSubscription(reader) ? this.subscriptions.entriesOf(reader).get(messageId) : this.entries.get(messageId);
  }

  /** What consumers of the chain call it. */
  nameOf(chain: string): string {
    return this.incarnations.get(this.#readers.get(chain) ?? '')?.name ?? '';
  }

  /** Who bears the name now. */
  readerNamed(name: string): string {
    return this.readersNamed(name).findLast((id) => !isSubscription(id) || this.subscriptions.isNamed(id)) ?? '';
  }

  /** All that bore the name at some time; a creation that came too late for it never did. */
  readersNamed(name: string): readonly string[] {
    const ids = [...this.incarnations.values()].filter((other) => other.name === name).map(({ id }) => id);
    return ids.filter((id) => !isSubscription(id) || this.subscriptions.wasNamed(id));
  }

  /** What groups may have to deliver. */
  *owable(): Iterable<Entry> {
    for (const entry of this.entries.values()) if (!this.#isTopic(entry.log)) yield entry;
    yield* this.subscriptions.owable();
  }

  /** Was a queue of that name ever deleted? For a second or so its successor may be taken for it. */
  wasRebuilt(queue: string): boolean {
    return [...this.incarnations.values()].some(({ name, deletedAtMs }) => name === queue && deletedAtMs !== undefined);
  }

  #observeSegment(after: Item | undefined, before: Item | undefined): void {
    if (after && !before) void this.#addSegment(segmentFromItem(after));
    if (!after && before) this.#removeSegment(segmentFromItem(before));
  }

  #observeManifest(after: Item | undefined): void {
    if (after) void this.archive.observe(manifestFromItem(after));
  }

  async #addSegment(segment: Segment): Promise<void> {
    if (segment.body.kind !== 'inline' && segment.body.kind !== 'object') return;
    const packed = segment.body.kind === 'inline' ? segment.body.packed : await this.#options.objects.getObject(segment.body.objectKey);
    if (!packed) {
      this.#options.fail(new Violation(9, `segment ${segment.shard}/${segment.base} names an object that is not there`, [segment.shard]));
      return;
    }
    this.#codec.unpack(packed).forEach((content, at) => this.#addEntry(segment, content, segment.base + at));
  }

  #addEntry(segment: Segment, content: MessageContent, offset: number): void {
    const { nowMs } = this.#options.scheduler;
    const availableFromMs = Math.max(segment.enqueuedAtMs, content.dueAtMs ?? 0);
    const entry: Entry = {
      messageId: messageIdAt({ shard: segment.shard, offset }), token: tokenOf(content), log: segment.log, shard: segment.shard, offset,
      content, recipient: segment.recipient, reader: segment.log, landedAtMs: nowMs, enqueuedAtMs: segment.enqueuedAtMs, availableFromMs, expiresAtMs: availableFromMs + segment.retentionSeconds * 1000,
      owners: this.#ownersNow(segment.log),
      isAcknowledged: false, voidSince: this.#voidNow(segment.log),
    };
    if (this.entries.has(entry.messageId)) {
      this.#options.fail(new Violation(9, `the place of ${entry.messageId} was used twice`, [entry.messageId, segment.shard]));
    }
    this.entries.set(entry.messageId, entry);
    if (this.#isTopic(segment.log)) this.subscriptions.landed(entry);
    const same = this.byToken.get(entry.token) ?? [];
    if (!content.replay) this.byToken.set(entry.token, [...same, entry]);
    if (content.replay) { this.#addCopy(entry, content.replay); return; }
    if (content.origin?.reason === 'maxAgeSeconds') checkDeathOfAge(this, this.#options, content.origin);
    const wasMoved = same.some(({ content: { origin } }) => origin !== undefined) || content.origin !== undefined;
    const twin = same.find(({ log, landedAtMs }) => log === entry.log && nowMs - landedAtMs < REMEMBERED_MS);
    const deadTwin = same.find(({ content: { origin } }) =>
      origin !== undefined && origin.messageId === content.origin?.messageId && origin.incarnation === content.origin.incarnation);
    // Handed out again by another chain, it may be received too often there as well.
    const isOfOneChain = (this.entryOf(content.origin?.incarnation ?? '', content.origin?.messageId ?? '')?.owners.length ?? 0) <= 2 && this.ownership.selections.size === 0;
    if (deadTwin && isOfOneChain && this.#options.isFaultless) {
      this.#options.fail(new Violation(5, `${entry.token} is twice in the dead-letter queue, without any fault`, [entry.token, segment.shard]));
    }
    if (twin && !wasMoved) {
      this.#options.fail(new Violation(1, `${entry.token} was appended twice: ${twin.messageId} and ${entry.messageId}`, [entry.token, segment.shard]));
    }
  }

  /** A replay copies nothing twice, whoever of its runners died. */
  #addCopy({ messageId, shard }: Entry, { replayId, messageId: original }: NonNullable<MessageContent['replay']>): void {
    const copies = this.copies.get(replayId) ?? new Set<string>();
    this.copies.set(replayId, copies);
    if (copies.has(original)) this.#options.fail(new Violation(7, `replay ${replayId} copied ${original} twice, to ${messageId} as well`, [original, shard]));
    copies.add(original);
  }

  /** Until a rewind takes effect what is sent may still be had from the chain before. */
  #ownersNow(reader: string): readonly Ownership[] {
    const { chain = '', chainBefore = '', effectiveAtMs = 0 } = this.incarnations.get(reader) ?? {};
    return [{ chain: chainBefore, sinceMs: 0 }, { chain, sinceMs: effectiveAtMs }];
  }

  #voidNow(log: string): Entry['voidSince'] {
    const deletedAtMs = this.incarnations.get(log)?.deletedAtMs;
    return deletedAtMs === undefined ? undefined : { atMs: deletedAtMs, effectiveAtMs: Number.POSITIVE_INFINITY, certain: false };
  }

  #removeSegment(segment: Segment): void {
    const historyKeptSeconds = this.incarnations.get(segment.log)?.historySecondsMin ?? segment.retentionSeconds;
    for (let offset = segment.base; offset < segment.base + segment.count; offset += 1) {
      const entry = this.entries.get(messageIdAt({ shard: segment.shard, offset }));
      const isAlive = entry && !entry.voidSince && this.#options.scheduler.nowMs < entry.availableFromMs + Math.min(historyKeptSeconds, segment.retentionSeconds) * 1000;
      if (isAlive && !this.archive.has(segment.shard, offset)) this.#options.fail(new Violation(9, `${entry.messageId} vanished before it expired`, [entry.messageId, entry.shard]));
    }
  }

  #isTopic = (log: string): boolean => this.incarnations.get(log)?.name.endsWith('/') ?? false;

  #observeDefinition({ incarnation, name, createdAtMs, settings, state, subscription, changedAtMs }: Definition): void {
    if (subscription) this.subscriptions.filtered(incarnation, subscription.filters, changedAtMs);
    const { maxReceiveCount = Number.POSITIVE_INFINITY, maxAgeSeconds = Number.POSITIVE_INFINITY } = settings.deadLetter ?? {};
    const known = this.incarnations.get(incarnation);
    if (!known) {
      this.incarnations.set(incarnation, {
        id: incarnation, name, createdAtMs, historySecondsMin: historySeconds(settings), maxReceiveCountMax: maxReceiveCount, maxAgeSecondsMin: maxAgeSeconds, chain: '', chainBefore: '', effectiveAtMs: 0, deletedAtMs: undefined,
      });
      return;
    }
    known.historySecondsMin = Math.min(known.historySecondsMin, historySeconds(settings));
    known.maxReceiveCountMax = Math.max(known.maxReceiveCountMax, maxReceiveCount);
    known.maxAgeSecondsMin = Math.min(known.maxAgeSecondsMin, maxAgeSeconds);
    if (state === 'deleting' && known.deletedAtMs === undefined) {
      known.deletedAtMs = this.#options.scheduler.nowMs;
      for (const entry of this.#entriesOf(incarnation)) entry.voidSince ??= this.#voidNow(incarnation);
    }
  }

  #observeGroup(group: Group): void {
    const known = this.incarnations.get(group.incarnation);
    if (!known) return;
    for (const { id } of [group.chain, ...group.sides.map(({ chain }) => chain)]) this.#readers.set(id, group.incarnation);
    const isNew = known.chain === '';
    this.ownership.changed(group, known, this.#entriesOf(group.incarnation));
    if (isNew && isSubscription(group.incarnation)) this.subscriptions.began(group, known, this.#entriesOf(logOf(group.incarnation)));
  }

  #entriesOf(reader: string): readonly Entry[] {
    if (isSubscription(reader)) return [...this.subscriptions.entriesOf(reader).values()];
    return [...this.entries.values()].filter((entry) => entry.log === reader);
  }
}
