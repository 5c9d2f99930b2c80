import { describe, expect, it } from 'vitest';
import { resumeAgeWatches } from '../../../lib/core/age/age-watches.ts';
import { findMessage } from '../../../lib/core/queue/find-message.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { type Death, mortalTable } from '../../support/mortal-table.ts';
import { entries, entry, faultyDeps } from '../queue-calls.ts';
import { AGE_MS, ageWorld, type AgeWorld, turn } from './age-calls.ts';

/** Past their age: some that nobody received, one that was delayed, some that a consumer dropped. And one that is young, one that is held. */
async function agedWorld(deps: MemoryDeps): Promise<AgeWorld & { readonly old: readonly string[]; readonly others: readonly string[] }> {
  const world = await ageWorld(deps, { visibilityTimeoutSeconds: 120 });
  const { orders } = world;
  const dropped = await orders.send(...entries(2));
  await orders.receive(2);
  const held = await orders.send('held');
  await orders.receive(1, { visibilityTimeoutSeconds: 3600 });
  const unseen = [...await orders.send(entry('delayed', { delaySeconds: 1 })), ...await orders.send(...entries(3))];
  deps.clock.advance(AGE_MS + 1000);
  const young = await orders.send('young');
  return { ...world, old: [...dropped, ...unseen], others: [...held, ...young] };
}

const statesOf = (deps: MemoryDeps, ids: readonly string[]): Promise<readonly string[]> =>
  Promise.all(ids.map(async (messageId) => (await findMessage(deps, { name: 'orders', messageId })).state));

/** Run until the process dies or ends, then let others go on as they would. */
async function killAt(death: Death) {
  const world = await agedWorld(memoryDeps());
  const { deps, dead, old, others } = world;
  const { table, died, isDead } = mortalTable(deps.world.table, death);
  await Promise.race([turn({ ...world, deps: memoryDeps({ world: { ...deps.world, table } }) }), died]);
  // Its claim ends, its holds fall due, and whoever looks after jobs comes.
  for (let looks = 0; looks < 4; looks += 1) {
    deps.clock.advance(61_000);
    deps.kicked.length = 0;
    await resumeAgeWatches(deps);
    for (const { incarnation } of deps.kicked) await turn({ deps, incarnation });
  }
  const letters = (await dead.receiveAll()).map(({ origin }) => origin?.messageId ?? '');
  return { isDead: isDead(), letters, states: await statesOf(deps, old), othersNow: await statesOf(deps, others), old };
}

describe.each([true, false])('killed at any of its requests (landed: %s)', (landed) => {
  it('the housekeeper loses nothing, and repeats at most what was not settled', async () => {
    let deaths = 0;
    for (let request = 1; ; request += 1) {
      const { isDead, letters, states, othersNow, old } = await killAt({ request, landed });
      expect(new Set(letters), `killed at ${request}`).toEqual(new Set(old));
      expect(letters.length, `killed at ${request}`).toBeLessThanOrEqual(old.length + 3);
      expect(new Set(states), `killed at ${request}`).toEqual(new Set(['deadLettered']));
      expect(othersNow, `killed at ${request}`).toEqual(['inFlight', 'ready']);
      if (!isDead) break;
      deaths += 1;
    }
    expect(deaths).toBeGreaterThan(20);
  });
});

it('moves each message once when nobody is killed, also past a lost answer', async () => {
  const { deps, table } = faultyDeps();
  const world = await agedWorld(deps);
  table.fail({ fault: 'after', method: 'put', pkPrefix: 'c/' });
  table.fail({ fault: 'after', method: 'put', pkPrefix: 'l/' });
  await turn(world).catch(() => {});
  for (let looks = 0; looks < 4; looks += 1) {
    deps.clock.advance(61_000);
    await turn(world);
  }
  const letters = (await world.dead.receiveAll()).map(({ origin }) => origin?.messageId);
  expect(new Set(letters)).toEqual(new Set(world.old));
});

it('stops at a dead-letter queue that cannot take any: the rest stays with consumers', async () => {
  const { deps, table } = faultyDeps();
  const { dead, orders, incarnation } = await ageWorld(deps, {});
  for (let sends = 0; sends < 3; sends += 1) await orders.send(...entries(1000));
  deps.clock.advance(AGE_MS);
  table.fail({ fault: 'throttle', method: 'put', pkPrefix: 'l/', times: 1000 });
  await expect(turn({ deps, incarnation })).rejects.toThrow('too many requests');
  table.heal();
  expect((await orders.receiveAll()).length).toBe(2000);
  expect(await dead.receive()).toEqual([]);
});
