import { describe, expect, it } from 'vitest';
import { resumePushes } from '../../../lib/core/push/wake-push.ts';
import { findMessage } from '../../../lib/core/queue/find-message.ts';
import type { ItemTable } from '../../../lib/storage/items/item-table.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { entries } from '../queue-calls.ts';
import { bodiesOf, pushWorld, type PushWorld } from './push-world.ts';

/** When a process is killed: at its request of that number, before or after it has landed. */
interface Death {
  readonly request: number;
  readonly landed: boolean;
}

const never = new Promise<never>(() => {});

/** A process that is killed: from then on nothing of it goes on. */
function mortal({ deps, newProcess }: PushWorld, death: Death) {
  let requests = 0;
  let isDead = false;
  const request = async <T>(send: () => Promise<T>): Promise<T> => {
    requests += 1;
    if (isDead || (requests === death.request && !death.landed)) isDead = true;
    if (isDead) return never;
    const answer = await send();
    if (requests >= death.request) isDead = true;
    return isDead ? never : answer;
  };
  const { table, system } = deps.world;
  const dying: ItemTable = {
    put: (...args) => request(() => table.put(...args)),
    get: (...args) => request(() => table.get(...args)),
    query: (...args) => request(() => table.query(...args)),
    update: (...args) => request(() => table.update(...args)),
    remove: (...args) => request(() => table.remove(...args)),
  };
  const alive = newProcess();
  const process: MemoryDeps = {
    ...memoryDeps({ world: { ...deps.world, table: dying, system: { ...system, sleep: (ms, signal) => (isDead ? never : system.sleep(ms, signal)) } } }),
    pushEndpoint: { ...alive.pushEndpoint, post: async (push) => (isDead ? never : alive.pushEndpoint.post(push)) },
  };
  return { process, isDead: () => isDead, requests: () => requests };
}

/** Run until the process dies or ends, then let others go on as they would. */
async function killAt(death: Death) {
  const world = await pushWorld({
    // The cursor comes to a lease after a minute only: others must know of it before.
    settings: { visibilityTimeoutSeconds: 300 }, subscription: { concurrency: 3, retry: { kind: 'custom', delaysSeconds: [2, 40] } },
  });
  const { clock, orders, behave, posts, turn, newProcess, deps, incarnation } = world;
  // One is refused once, one twice: retries soon, and after the turn.
  behave(({ body, attempt }) => ({ status: (body === 'm1' && attempt < 2) || (body === 'm2' && attempt < 3) ? 500 : 200, afterMs: 10 }));
  const ids = await orders.send(...entries(8));
  const { process, isDead, requests } = mortal(world, death);
  await clock.run(Promise.race([turn(process), clock.sleep(10_000)]));
  const states = await Promise.all(ids.map(async (messageId) => (await findMessage(deps, { name: 'orders', messageId })).state));
  const settled = states.flatMap((state, at) => (state === 'deleted' ? [`m${at}`] : []));
  const before = posts.length;
  // Whoever looks after jobs comes soon; a wake that found nobody has started somebody.
  const caretaker = newProcess();
  caretaker.kicked.push({ kind: 'push', incarnation, jobId: incarnation });
  for (let rounds = 0; rounds < 30; rounds += 1) {
    for (const _ of caretaker.kicked.splice(0)) await clock.run(turn(caretaker));
    await clock.run(clock.sleep(10_000));
    await resumePushes(caretaker);
  }
  return { posts, settled, before, isDead: isDead(), requests: requests(), counts: await orders.counts(), record: await deps.jobs.readPush(incarnation) };
}

describe('a runner that is killed', () => {
  it.each([true, false])('at any of its requests (landed: %s) repeats at most what was not settled, and nothing is lost', async (landed) => {
    const whole = await killAt({ request: Number.POSITIVE_INFINITY, landed });
    expect(bodiesOf(whole.posts).length).toBe(8 + 1 + 2);
    expect(whole.requests).toBeGreaterThan(25);
    for (let request = 1; request <= whole.requests; request += 1) {
      const { posts, settled, before, isDead, counts: { ready, inFlight }, record } = await killAt({ request, landed });
      const repeatedSettled = bodiesOf(posts.slice(before)).filter((body) => settled.includes(body));
      expect({ request, isDead, delivered: new Set(bodiesOf(posts)).size, repeatedSettled, ready, inFlight, record })
        .toEqual({ request, isDead: true, delivered: 8, repeatedSettled: [], ready: 0, inFlight: 0, record: undefined });
    }
  });
});
