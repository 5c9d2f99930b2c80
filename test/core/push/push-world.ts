import type { PushAnswer, PushRequest } from '../../../lib/core/ports/push-endpoint.ts';
import type { FindPushSubscription, PushSubscription } from '../../../lib/core/push/push-subscription.ts';
import { runPush } from '../../../lib/core/push/run-push.ts';
import type { Turn, TurnEnd } from '../../../lib/core/queue/job-turn.ts';
import { viewByName } from '../../../lib/core/queue/view.ts';
import type { QueueSettings } from '../../../lib/core/queue.ts';
import type { SubscriptionFilter } from '../../../lib/core/subscription-filter.ts';
import type { TopicSettings } from '../../../lib/core/topic.ts';
import type { ItemTable } from '../../../lib/storage/items/item-table.ts';
import { type EventClock, eventClock } from '../../support/event-clock.ts';
import { faultyTable, type FaultyTable } from '../../support/faulty-table.ts';
import { memoryDeps, type MemoryDeps, memoryWorld } from '../../support/memory-deps.ts';
import { newQueue, type QueueCalls } from '../queue-calls.ts';
import { newTopic, subscriptionCalls } from '../topic-calls.ts';

/** One request that an endpoint got. */
export interface Post {
  readonly url: string;
  readonly type: string;
  readonly body: string;
  /** Of the message. */
  readonly attempt: number;
  /** Since the test began, in ms. */
  readonly atMs: number;
  endMs: number | undefined;
}

/** What an endpoint answers, and after how long. Default: 200, at once. */
export interface Answer {
  readonly status?: number;
  readonly body?: string;
  readonly afterMs?: number;
}

export type Behaviour = (post: Post, earlier: readonly Post[]) => Answer;

export interface PushWorld {
  readonly clock: EventClock;
  readonly table: FaultyTable;
  readonly orders: QueueCalls;
  readonly incarnation: string;
  /** What the endpoint got, in order. */
  readonly posts: Post[];
  /** A process of its own. */
  newProcess(): MemoryDeps;
  readonly deps: MemoryDeps;
  readonly subscription: { -readonly [Field in keyof PushSubscription]: PushSubscription[Field] };
  readonly find: FindPushSubscription;
  /** Time since the test began. */
  sinceMs(): number;
  behave(behaviour: Behaviour): void;
  /** One turn, without its time. */
  turn(deps?: MemoryDeps, turn?: Partial<Turn>): Promise<TurnEnd>;
  /** Turn after turn, each when it is due, until it has ended or that much time has passed. Answers the due times in between. */
  runFor(ms: number, deps?: MemoryDeps): Promise<readonly number[]>;
}

export interface PushWorldOptions {
  readonly subscription?: Partial<PushSubscription>;
  readonly settings?: Partial<QueueSettings>;
  /** A subscription of a topic in the place of the queue. */
  readonly topic?: { readonly filter: SubscriptionFilter; readonly settings?: Partial<TopicSettings> };
  /** What each request to the table takes. Default: nothing. */
  readonly requestMs?: number;
}

/** A queue in the place of a subscription, where that makes no difference, and an endpoint. */
export async function pushWorld({ subscription: given = {}, settings = {}, topic, requestMs = 0 }: PushWorldOptions = {}): Promise<PushWorld> {
  const clock = eventClock();
  const inner = memoryWorld({ clock });
  const table = faultyTable(inner.table);
  const world = { ...inner, table: requestMs === 0 ? table : slowTable(table, () => clock.sleep(requestMs)) };
  let startMs = clock.now();
  const posts: Post[] = [];
  let behaviour: Behaviour = () => ({});
  const sinceMs = () => clock.now() - startMs;
  const post = async (request: PushRequest): Promise<PushAnswer> => {
    const entry = postOf(request, sinceMs());
    const { status = 200, body = '', afterMs = 0 } = behaviour(entry, posts.slice());
    posts.push(entry);
    const answered = afterMs <= request.timeoutMs;
    await clock.sleep(answered ? afterMs : request.timeoutMs, request.signal);
    entry.endMs = sinceMs();
    if (request.signal?.aborted) return { kind: 'unreachable', reason: 'aborted' };
    return answered ? { kind: 'answered', status, body } : { kind: 'unreachable', reason: 'timeout' };
  };
  const newProcess = (): MemoryDeps => ({ ...memoryDeps({ world }), pushEndpoint: { post, check: async () => ({ kind: 'reachable' }) } });
  const deps = newProcess();
  const orders = topic ? subscriptionCalls(deps, 'merchants') : await clock.run(newQueue(deps, settings));
  if (topic) await (await newTopic(deps, topic.settings)).subscribe('merchants', { filter: topic.filter });
  const { definition: { incarnation } } = await clock.run(viewByName(deps, orders.name, 0));
  startMs = clock.now();
  const subscription: PushWorld['subscription'] = {
    name: orders.name, topic: 'orders', subscription: 'merchants', delivery: { kind: 'http', url: 'https://example.com/', format: 'raw' },
    retry: { kind: 'exponentialDecay' }, concurrency: 10, confirmation: 'confirmed',
    confirm: async () => { subscription.confirmation = 'confirmed'; },
    giveUpConfirmation: async () => { subscription.confirmation = 'failed'; },
    ...given,
  };
  const find: FindPushSubscription = async () => ({ ...subscription });
  const turn = (process = deps, more: Partial<Turn> = {}) =>
    runPush(process, { incarnation, find, turn: { untilMs: Number.POSITIVE_INFINITY, ...more } });
  return {
    clock, table, orders, incarnation, posts, newProcess, deps, subscription, find, sinceMs,
    behave: (next) => { behaviour = next; },
    turn,
    async runFor(ms, process = deps) {
      const endMs = clock.now() + ms;
      const dues: number[] = [];
      const all = async (): Promise<void> => {
        while (clock.now() < endMs) {
          const end = await turn(process);
          if (end.kind === 'ended') return;
          dues.push(end.atMs - startMs);
          if (end.atMs > endMs) return;
          await clock.sleep(Math.max(0, end.atMs - clock.now()));
        }
      };
      await clock.run(all());
      return dues;
    },
  };
}

function slowTable(inner: ItemTable, pause: () => Promise<void>): ItemTable {
  return {
    put: (...args) => pause().then(() => inner.put(...args)),
    get: (...args) => pause().then(() => inner.get(...args)),
    query: (...args) => pause().then(() => inner.query(...args)),
    update: (...args) => pause().then(() => inner.update(...args)),
    remove: (...args) => pause().then(() => inner.remove(...args)),
  };
}

function postOf({ url, headers, body }: PushRequest, atMs: number): Post {
  return {
    url, type: headers['RewindMQ-Type'] ?? '', body: typeof body === 'string' ? body : new TextDecoder().decode(body),
    attempt: Number(headers['RewindMQ-Attempt'] ?? 0), atMs, endMs: undefined,
  };
}

/** The bodies of messages that arrived, sorted. */
export const bodiesOf = (posts: readonly Post[]): readonly string[] => posts.filter(({ type }) => type === 'message').map(({ body }) => body).toSorted();

/** The most that were on their way at the same time. */
export function mostAtOnce(posts: readonly Post[]): number {
  return Math.max(0, ...posts.map(({ atMs }) => posts.filter((other) => other.atMs <= atMs && (other.endMs ?? Number.POSITIVE_INFINITY) > atMs).length));
}

/** The most that began within a second. */
export function mostInASecond(posts: readonly Post[]): number {
  return Math.max(0, ...posts.map(({ atMs }) => posts.filter((other) => other.atMs >= atMs && other.atMs < atMs + 1000).length));
}

/** When each attempt of a message was made. */
export const timesOf = (posts: readonly Post[], body: string): readonly number[] => posts.filter((post) => post.body === body).map(({ atMs }) => atMs);

export const pausesIn = (times: readonly number[]): readonly number[] => times.slice(1).map((atMs, at) => atMs - (times[at] ?? 0));
