import { expect, it } from 'vitest';
import { changeSubscription } from '../../../lib/core/topic/change-subscription.ts';
import { createSubscription } from '../../../lib/core/topic/create-subscription.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { entry, newQueue, refusalOf, textsOf } from '../queue-calls.ts';
import { newTopic } from '../topic-calls.ts';
import { AGE_MS, MAX_AGE_SECONDS, PAUSE_MS, runUntil } from './age-calls.ts';

const deadLetter = { queue: 'dead', maxAgeSeconds: MAX_AGE_SECONDS };

async function subscribedWorld() {
  const deps = memoryDeps();
  const dead = await newQueue(deps, {}, 'dead');
  const topic = await newTopic(deps, { retentionSeconds: 3600 });
  const risk = await topic.subscribe('risk', { settings: { deadLetter }, filter: { tags: ['paid'] } });
  const all = await topic.subscribe('all');
  const [job] = deps.kicked;
  return { deps, dead, topic, risk, all, incarnation: job?.incarnation ?? '' };
}

it('moves what belongs to the subscription and it did not consume, and nothing of others', async () => {
  const { deps, dead, topic, risk, all, incarnation } = await subscribedWorld();
  await topic.publish(entry('a', { tags: ['paid'] }), entry('b'), entry('c', { tags: ['paid'] }), entry('later', { tags: ['paid'], delaySeconds: 900 }));
  await risk.delete(await risk.receive(1));
  const publishedAtMs = deps.clock.now();
  await runUntil({ deps, incarnation }, publishedAtMs + AGE_MS + PAUSE_MS);
  const letters = await dead.receiveAll();
  await dead.delete(letters);
  expect(letters.map(({ body, origin }) => [body, origin?.queue, origin?.reason])).toEqual([[{ kind: 'text', text: 'c' }, 'orders/risk', 'maxAgeSeconds']]);
  expect(textsOf(await all.receiveAll())).toEqual(['a', 'b', 'c']);
  await runUntil({ deps, incarnation }, publishedAtMs + 900_000 + AGE_MS + PAUSE_MS);
  expect(textsOf(await dead.receiveAll())).toEqual(['later']);
});

it('must be younger than what its topic keeps', async () => {
  const { deps } = await subscribedWorld();
  const make = (maxAgeSeconds: number) => createSubscription(deps, { topic: 'orders', name: 'long', settings: { deadLetter: { queue: 'dead', maxAgeSeconds } }, filter: {} });
  await expect(make(3600)).rejects.toMatchObject({ kind: 'parameterOutOfRange', details: { field: 'deadLetter.maxAgeSeconds', max: 3599 } });
  expect((await make(3599)).created).toBe(true);
  const change = (maxAgeSeconds: number) => changeSubscription(deps, { topic: 'orders', name: 'long', changes: { settings: { deadLetter: { queue: 'dead', maxAgeSeconds } } } });
  expect(await refusalOf(change(3600))).toBe('parameterOutOfRange');
  expect((await change(60)).settings.deadLetter).toEqual({ queue: 'dead', maxAgeSeconds: 60 });
});

it('is not for a pushed one, whose retry policy takes its place', async () => {
  const { deps } = await subscribedWorld();
  const push = { delivery: { kind: 'queue', queue: 'copies' } } as const;
  await newQueue(deps, {}, 'copies');
  expect(await refusalOf(createSubscription(deps, { topic: 'orders', name: 'pushed', settings: { deadLetter }, filter: {}, push }))).toBe('malformedRequest');
  const changed = await changeSubscription(deps, { topic: 'orders', name: 'risk', changes: { push } });
  expect(changed.settings.deadLetter).toEqual({ queue: 'dead', maxReceiveCount: 177 });
});
