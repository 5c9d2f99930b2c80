import type { Deps } from '../../lib/core/deps.ts';
import { StoreUnavailable } from '../../lib/core/errors.ts';
import type { ObjectStore } from '../../lib/core/ports/object-store.ts';
import type { System } from '../../lib/core/ports/system.ts';
import { processMemory } from '../../lib/core/process-memory.ts';
import { epochMs } from '../../lib/core/time.ts';
import { hmacSigner } from '../../lib/platform/signer.ts';
import type { ItemTable } from '../../lib/storage/items/item-table.ts';
import { parquetArchive } from '../../lib/storage/archive/parquet-archive.ts';
import { accessKeyTable } from '../../lib/storage/items/access-key-table.ts';
import { archiveTable } from '../../lib/storage/items/archive-table.ts';
import { jobTable } from '../../lib/storage/items/job-table.ts';
import { leaseTable } from '../../lib/storage/items/lease-table.ts';
import { logTable } from '../../lib/storage/items/log-table.ts';
import { queueTable } from '../../lib/storage/items/queue-table.ts';
import { segmentCodec } from '../../lib/storage/packing/segment-codec.ts';
import { nowhere } from '../support/nowhere.ts';
import type { Dice } from './dice.ts';
import { type FaultKind, faultKinds } from './faults.ts';
import type { Surroundings } from './surroundings.ts';

/** The instance that ran a request is gone; nobody knows how far it came. */
export class InstanceDied extends Error {
  override readonly name = 'InstanceDied';
}

const ATTEMPTS_MAX = 3;
const REQUEST_TIMEOUT_MS = 1000;

/**
 * One Lambda instance: its own memory and clock, and the way its requests travel. It may die between
 * any two requests, or stand still for minutes and go on.
 */
export class Instance {
  readonly name: string;
  readonly deps: Deps;
  isDead = false;
  readonly #world: Surroundings;
  readonly #dice: Dice;
  readonly #offsetMs: number;
  #frozenUntilMs = 0;
  #requests = 0;
  #die: (died: InstanceDied) => void = () => {};
  readonly #death: Promise<never>;

  constructor(world: Surroundings, name: string) {
    this.name = name;
    this.#world = world;
    this.#dice = world.dice.fork(name);
    const { clockSkewMs } = world.rates;
    this.#offsetMs = (this.#dice.next() - 0.5) * clockSkewMs;
    this.#death = new Promise((_, reject) => { this.#die = reject; });
    this.#death.catch(() => {});
    this.deps = this.#makeDeps();
  }

  /** What its clock shows. */
  now(): number {
    return Math.floor(this.#world.scheduler.nowMs + this.#offsetMs);
  }

  /** The true instant at which its clock shows this. */
  trueMs(clockMs: number): number {
    return clockMs - this.#offsetMs;
  }

  /** Handle one request of a client. @throws InstanceDied */
  async serve<T>(request: (deps: Deps) => Promise<T>): Promise<T> {
    return Promise.race([this.#awake().then(() => request(this.deps)), this.#death]);
  }

  die(): void {
    this.isDead = true;
    this.#die(new InstanceDied(`${this.name} died`));
  }

  #makeDeps(): Deps {
    const { world } = this;
    const system = this.#system();
    const table = world.tableOf(this.#table());
    const objects = this.#objects();
    return {
      ...world.ports({
        log: logTable(table), leases: leaseTable(table), queues: queueTable(table), jobs: jobTable(table), archive: archiveTable(table), objects,
      }, system),
      codec: segmentCodec({ compression: 'gzip' }),
      archiveFiles: parquetArchive({ compression: 'GZIP' }),
      accessKeys: accessKeyTable(table),
      ...nowhere,
      signer: hmacSigner({ current: new TextEncoder().encode('a key for the simulation') }),
      system, memory: processMemory(),
      report: (fault) => { world.reported(fault); },
      publishedTo: () => {},
      kickJob: async ({ kind, incarnation, jobId }) => { 
        if (kind === 'redrive') world.kicked({ incarnation, redriveId: jobId });
        else if (kind !== 'age') world.replayKicked({ kind, incarnation, jobId });
      },
    };
  }

  #system(): System {
    const dice = this.#dice.fork('system');
    return {
      now: () => epochMs(this.now()),
      random: () => dice.next(),
      newId: () => this.#world.newId(),
      sleep: (ms, signal) => new Promise((resolve) => {
        if (signal?.aborted) { resolve(); return; }
        signal?.addEventListener('abort', () => resolve(), { once: true });
        this.#world.scheduler.at(this.#world.scheduler.nowMs + ms, () => this.#whenAwake(resolve));
      }),
    };
  }

  #table(): ItemTable {
    const { world } = this;
    const table = (request: Dice) => world.table.at(request);
    return {
      put: (item, condition) => this.#request('put', item.pk, item.sk, (dice) => table(dice).put(item, condition)),
      update: (key, change) => this.#request('update', key.pk, key.sk, (dice) => table(dice).update(key, change)),
      remove: (key, condition) => this.#request('remove', key.pk, key.sk, (dice) => table(dice).remove(key, condition)),
      get: (key, options) => this.#request('get', key.pk, key.sk, (dice) => table(dice).get(key, options)),
      query: (range) => this.#request('query', range.pk, range.from, (dice) => table(dice).query(range)),
    };
  }

  #objects(): ObjectStore {
    const { world } = this;
    const { objects } = world;
    const put = async (key: string, store: () => Promise<'landed' | 'refused' | undefined>) => this.#request('putObject', key, '', async (dice) => {
      if (!dice.chance(world.rates.objectPutFails) || world.isCalm) return store();
      const isUnseen = dice.chance(0.5);
      world.count(isUnseen ? 'objectPutUnseen' : 'objectPutFails');
      if (isUnseen) await store();
      throw new StoreUnavailable('the object store did not answer', { outcome: 'unknown' });
    });
    return {
      async putObject(key, bytes) { await put(key, async () => { await objects.putObject(key, bytes); return undefined; }); },
      putObjectIfAbsent: async (key, bytes) => await put(key, () => objects.putObjectIfAbsent(key, bytes)) ?? 'landed',
      getObject: (key) => this.#request('getObject', key, '', () => objects.getObject(key)),
      getObjectRange: (key, from, end) => this.#request('getObjectRange', key, String(from), () => objects.getObjectRange(key, from, end)),
      objectBytes: (key) => this.#request('objectBytes', key, '', () => objects.objectBytes(key)),
      deleteObject: (key) => this.#request('deleteObject', key, '', () => objects.deleteObject(key)),
    };
  }

  get world(): Surroundings {
    return this.#world;
  }

  /** One request as the SDK makes it: a few attempts, each of which may go wrong in its own way. */
  async #request<T>(operation: string, pk: string, sk: string, perform: (dice: Dice) => Promise<T>): Promise<T> {
    this.#requests += 1;
    const name = `${this.name}#${this.#requests}`;
    const dice = this.#dice.fork(`request ${this.#requests}`);
    let isUnknown = false;
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      await this.#awake();
      const fault = this.#drawFault(dice, `${name}.${attempt}`);
      const outcome = await this.#attempt(fault, dice, async () => {
        const result = await perform(dice);
        this.#world.trace(`${name} ${operation} ${pk} ${sk}${fault ? ` [${fault}]` : ''}${resultOf(result)}`);
        return result;
      });
      if (outcome.kind === 'answered') return outcome.value;
      if (outcome.kind === 'unanswered') isUnknown = true;
      await this.#pause(20 * 2 ** attempt * dice.next());
    }
    throw new StoreUnavailable(`${operation} ${pk} ${sk}: no answer`, { outcome: isUnknown ? 'unknown' : 'refused' });
  }

  #drawFault(dice: Dice, name: string): FaultKind | undefined {
    const { world } = this;
    const drawn = dice.next();
    if (world.isCalm) return undefined;
    let bound = 0;
    for (const kind of faultKinds) {
      bound += world.rates[kind];
      if (drawn < bound) return world.allows(kind, name) ? kind : undefined;
    }
    return undefined;
  }

  async #attempt<T>(fault: FaultKind | undefined, dice: Dice, perform: () => Promise<T>): Promise<Attempt<T>> {
    const { scheduler } = this.#world;
    const thereMs = this.#world.travelMs(dice);
    if (fault) this.#world.count(fault);
    if (fault === 'diesBefore') { this.die(); return never(); }
    if (fault === 'frozenBefore') { this.#freeze(dice); await this.#awake(); }
    if (fault === 'throttled') { await this.#pause(thereMs); return { kind: 'throttled' }; }
    if (fault === 'lostRequest') { await this.#pause(REQUEST_TIMEOUT_MS); return { kind: 'unanswered' }; }
    if (fault === 'lateLanding') {
      scheduler.at(scheduler.nowMs + REQUEST_TIMEOUT_MS * (0.5 + 4 * dice.next()), () => { perform().catch(() => {}); });
      await this.#pause(REQUEST_TIMEOUT_MS);
      return { kind: 'unanswered' };
    }
    const result = await this.#land(thereMs, perform, fault === 'diesAfter');
    if (fault === 'lostReply') { await this.#pause(REQUEST_TIMEOUT_MS); return { kind: 'unanswered' }; }
    if (fault === 'frozenAfter') this.#freeze(dice);
    await this.#pause(this.#world.travelMs(dice));
    if (result.kind === 'failed' && isThrottled(result.error)) return { kind: 'throttled' };
    if (result.kind === 'failed') throw result.error;
    return { kind: 'answered', value: result.value };
  }

  /** What was sent arrives, whatever becomes of its sender meanwhile. */
  #land<T>(afterMs: number, perform: () => Promise<T>, diesThen: boolean): Promise<Landed<T>> {
    const { scheduler } = this.#world;
    return new Promise((resolve) => {
      scheduler.at(scheduler.nowMs + afterMs, () => {
        perform().then(
          (value) => { if (diesThen) this.die(); else resolve({ kind: 'done', value }); },
          (error: unknown) => { resolve({ kind: 'failed', error }); },
        );
      });
    });
  }

  #freeze(dice: Dice): void {
    const { rates, scheduler } = this.#world;
    this.#frozenUntilMs = scheduler.nowMs + dice.magnitude(Math.min(200, rates.frozenMsMax), Math.max(201, rates.frozenMsMax));
  }

  #pause(ms: number): Promise<void> {
    const { scheduler } = this.#world;
    return new Promise((resolve) => { scheduler.at(scheduler.nowMs + ms, () => this.#whenAwake(resolve)); });
  }

  #awake(): Promise<void> {
    return new Promise((resolve) => { this.#whenAwake(resolve); });
  }

  /** A dead instance goes on with nothing, a frozen one later. */
  #whenAwake(goOn: () => void): void {
    const { scheduler } = this.#world;
    if (this.isDead) return;
    if (scheduler.nowMs >= this.#frozenUntilMs) goOn();
    else scheduler.at(this.#frozenUntilMs, () => this.#whenAwake(goOn));
  }
}

type Attempt<T> = { readonly kind: 'answered'; readonly value: T } | { readonly kind: 'unanswered' } | { readonly kind: 'throttled' };
type Landed<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'failed'; readonly error: unknown };

const isThrottled = (error: unknown): boolean => error instanceof StoreUnavailable && error.outcome === 'refused';

const never = (): Promise<never> => new Promise(() => {});

function resultOf(result: unknown): string {
  if (typeof result === 'object' && result !== null && 'kind' in result) return ` ${String(result.kind)}`;
  if (Array.isArray(result)) return ` ${result.length}`;
  return result === undefined ? ' none' : '';
}
