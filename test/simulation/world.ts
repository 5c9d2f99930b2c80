import { CallerError, StoreUnavailable } from '../../lib/core/errors.ts';
import type { QueueSettings } from '../../lib/core/queue.ts';
import type { JobKey } from '../../lib/core/ports/job-table.ts';
import type { ObjectStore } from '../../lib/core/ports/object-store.ts';
import type { System } from '../../lib/core/ports/system.ts';
import type { ItemTable } from '../../lib/storage/items/item-table.ts';
import { memoryObjectStore } from '../../lib/storage/memory/object-store.ts';
import type { SubscriptionRequestSettings } from '../../lib/core/topic/create-subscription.ts';
import { pathOf } from './actors/subscriptions.ts';
import { type Dice, diceOf, hashOf } from './dice.ts';
import { type FaultKind, faultKinds, type FaultRates, type HazardKind } from './faults.ts';
import { Instance } from './instance.ts';
import { Ledger } from './ledger.ts';
import { LogBook } from './log-book.ts';
import { drawProfile, type Profile } from './profile.ts';
import { Scheduler } from './scheduler.ts';
import { type SimulatedTable, simulatedTable } from './simulated-table.ts';
import type { Planted } from './planted/planted.ts';
import type { Ports, Surroundings } from './surroundings.ts';
import { type Invariant, Violation } from './violation.ts';

/** A schedule: a seed, and what is left out of what it would draw. */
export interface Plan {
  readonly seed: number;
  /** Actors by name. */
  readonly without?: ReadonlySet<string>;
  /** The only faults that happen, by kind and place; absent: all that are drawn. */
  readonly faults?: ReadonlySet<string>;
  /** Deeds per actor at most. */
  readonly operationsMax?: number;
  /** A rule of the protocol that is broken on purpose. */
  readonly planted?: Planted;
  /** What is on: a queue, unless said otherwise. */
  readonly play?: Play;
}

/** A queue with everybody who uses it, or a topic with its subscriptions. */
export type Play = 'queue' | 'topic';

/** A window that somebody asked to be copied, and when. */
export interface ReplayTruth {
  readonly incarnation: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly askedAtMs: number;
}

/** Everything of one run. */
export class World implements Surroundings {
  readonly plan: Plan;
  readonly dice: Dice;
  readonly profile: Profile;
  readonly scheduler = new Scheduler();
  readonly objects: ObjectStore = this.#watched(memoryObjectStore());
  readonly table: SimulatedTable;
  readonly book: LogBook;
  readonly ledger: Ledger;
  readonly counts = new Map<string, number>();
  readonly lines: string[] = [];
  readonly instances: Instance[] = [];
  readonly redrives: { readonly incarnation: string; readonly redriveId: string }[] = [];
  readonly replays: JobKey[] = [];
  /** What replays were asked for, by id. */
  readonly replayed = new Map<string, ReplayTruth>();
  /** When each purge, rewind and undo was asked for. */
  readonly switches = new Map<string, number>();
  readonly faultPlaces: string[] = [];
  violation: Violation | undefined;
  isCalm = false;
  hash = hashOf('');
  #ids = 0;
  #tokens = 0;
  #instances = 0;

  constructor(plan: Plan) {
    this.plan = plan;
    this.dice = diceOf(plan.seed);
    const profile = drawProfile(this.dice.fork('profile'), plan.play ?? plan.planted?.play ?? 'queue');
    this.profile = plan.planted?.profile?.(profile) ?? profile;
    const fail = (violation: Violation) => this.fail(violation);
    const trace = (line: string) => this.trace(line);
    const { scheduler, objects } = this;
    this.book = new LogBook({
      scheduler, objects, fail, isFaultless: faultKinds.every((kind) => this.rates[kind] === 0),
      switchAskedAt: (requestedBy) => this.switches.get(requestedBy) ?? scheduler.nowMs, checked: (invariant) => this.checked(invariant),
      isSettled: (messageId, chain, beforeMs) => this.ledger.isSettled(messageId, chain, beforeMs),
      holderOf: (messageId, chain) => this.ledger.holderOf(messageId, chain),
    });
    this.ledger = new Ledger({ scheduler, book: this.book, fail, trace, checked: (invariant) => this.#add(`invariant ${invariant}`) });
    this.table = simulatedTable({
      scheduler, rates: this.rates, dice: this.dice.fork('table'), count: (kind) => this.count(kind),
      observe: (key, after, before) => this.book.observe(key, after, before),
    });
  }

  get rates(): FaultRates { return this.profile.rates; }

  travelMs(dice: Dice): number {
    return (dice.chance(0.03) ? dice.magnitude(5, 500) : dice.magnitude(1, 8)) * this.profile.slowness;
  }

  /** 14 characters; the order in which ids are asked for is part of the schedule. */
  newId(): string {
    this.#ids += 1;
    return `i${this.#ids.toString(36).padStart(13, '0')}`;
  }

  newToken(): string {
    this.#tokens += 1;
    return `m${this.#tokens}`;
  }

  /** Only the first counts: what comes after it may be its consequence. */
  fail(violation: Violation): void { this.violation ??= violation; }

  /** Is there a queue beside, for copies? */
  get hasSide(): boolean { return (this.profile.cast.get('replayer') ?? 0) > 0; }

  /** What consumers receive from, by name. */
  get consumed(): readonly string[] {
    const { subscriptions } = this.profile;
    return [...(subscriptions.length > 0 ? subscriptions.map(pathOf) : ['orders']), 'dead', ...(this.hasSide ? ['side'] : [])];
  }

  /** Those of it that a subscription decides for itself. */
  get consumeSettings(): SubscriptionRequestSettings {
    const { visibilityTimeoutSeconds, deadLetter } = this.settings;
    return { ...(visibilityTimeoutSeconds === undefined ? {} : { visibilityTimeoutSeconds }), ...(deadLetter ? { deadLetter } : {}) };
  }

  /** The settings that the queue or the topic is made with. */
  get settings(): Partial<QueueSettings> {
    const { settings, maxReceiveCount, maxAgeSeconds } = this.profile;
    if (maxReceiveCount !== undefined) return { ...settings, deadLetter: { queue: 'dead', maxReceiveCount } };
    return { ...settings, ...(maxAgeSeconds === undefined ? {} : { deadLetter: { queue: 'dead', maxAgeSeconds } }) };
  }

  /** Notes when a purge, rewind or undo is asked for; the answer goes with the request, and into its record. */
  switchAsked(): string {
    const requestedBy = `request${this.switches.size + 1}`;
    this.switches.set(requestedBy, this.scheduler.nowMs);
    return requestedBy;
  }

  trace(line: string): void {
    const text = `${this.scheduler.nowMs.toFixed(1)} ${line}`;
    this.hash = hashOf(text, this.hash);
    this.lines.push(text);
  }

  count(kind: FaultKind | HazardKind): void { this.#add(`fault ${kind}`); }
  countOperation(operation: string): void { this.#add(`operation ${operation}`); }
  checked(invariant: Invariant): void { this.#add(`invariant ${invariant}`); }

  allows(kind: FaultKind, place: string): boolean {
    const name = `${kind}@${place}`;
    if (this.plan.faults && !this.plan.faults.has(name)) return false;
    this.faultPlaces.push(name);
    return true;
  }

  ports(ports: Ports, system: System): Ports {
    return this.plan.planted?.ports?.(ports, system) ?? ports;
  }

  tableOf(table: ItemTable): ItemTable {
    return this.plan.planted?.table?.(table) ?? table;
  }

  reported(fault: unknown): void {
    if (fault instanceof StoreUnavailable || fault instanceof CallerError) return;
    this.violation ??= new Violation('bug', fault instanceof Error ? fault.stack ?? fault.message : String(fault));
  }

  kicked(job: { readonly incarnation: string; readonly redriveId: string }): void {
    this.redrives.push(job);
  }

  replayKicked(job: JobKey): void {
    this.replays.push(job);
  }

  newInstance(): Instance {
    this.#instances += 1;
    const instance = new Instance(this, `instance${this.#instances}`);
    this.instances.push(instance);
    return instance;
  }

  /** One of those alive; who died is replaced. */
  instanceFor(dice: Dice): Instance {
    const alive = this.instances.filter(({ isDead }) => !isDead);
    while (alive.length < this.profile.instances) alive.push(this.newInstance());
    return dice.pick(alive);
  }

  #watched(objects: ObjectStore): ObjectStore {
    return {
      ...objects,
      putObjectIfAbsent: async (key, bytes) => {
        const put = await objects.putObjectIfAbsent(key, bytes);
        await this.book.archive.put(key);
        return put;
      },
      putObject: async (key, bytes) => {
        await objects.putObject(key, bytes);
        await this.book.archive.put(key);
      },
    };
  }

  #add(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
}
