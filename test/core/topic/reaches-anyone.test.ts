import { expect, it } from 'vitest';
import { createSubscription } from '../../../lib/core/topic/create-subscription.ts';
import { deleteSubscription } from '../../../lib/core/topic/delete-subscription.ts';
import { forgetFilters, reachesAnyone } from '../../../lib/core/topic/reaches-anyone.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { costOf, refusalOf } from '../queue-calls.ts';
import { newTopic } from '../topic-calls.ts';

const plain = { tags: [], attributes: {} };
const tagged = (...tags: readonly string[]) => ({ tags, attributes: {} });

async function world() {
  const deps = memoryDeps();
  return { deps, topic: await newTopic(deps) };
}

it('is refused of a topic that is not there', async () => {
  expect(await refusalOf(reachesAnyone(memoryDeps(), 'orders', plain))).toBe('topicNotFound');
});

it('tells no subscription from none that matches', async () => {
  const { deps, topic } = await world();
  expect(await reachesAnyone(deps, 'orders', plain)).toBe('noSubscription');
  deps.clock.advance(1001);
  await topic.subscribe('paid', { filter: { tags: ['paid'] } });
  expect(await reachesAnyone(deps, 'orders', tagged('new'))).toBe('noneMatches');
  expect(await reachesAnyone(deps, 'orders', tagged('new', 'paid'))).toBe('someone');
  await topic.subscribe('keyed', { filter: { bindingKeys: ['eu.#'] } });
  deps.clock.advance(1001);
  expect(await reachesAnyone(deps, 'orders', { ...plain, routingKey: 'eu.paid' })).toBe('someone');
});

it('promises for a minute what may be gone, and denies what was not there a second ago', async () => {
  const { deps, topic } = await world();
  await topic.subscribe('all');
  expect(await reachesAnyone(deps, 'orders', plain)).toBe('someone');
  const other = memoryDeps({ world: deps.world });
  await deleteSubscription(other, { topic: 'orders', name: 'all' });
  deps.clock.advance(60_000);
  expect(await reachesAnyone(deps, 'orders', plain)).toBe('someone');
  deps.clock.advance(1);
  expect(await reachesAnyone(deps, 'orders', plain)).toBe('noSubscription');
  await createSubscription(other, { topic: 'orders', name: 'again', settings: {}, filter: {} });
  deps.clock.advance(1001);
  expect(await reachesAnyone(deps, 'orders', plain)).toBe('someone');
});

it('knows at once what this process has changed', async () => {
  const { deps, topic } = await world();
  await topic.subscribe('all');
  await reachesAnyone(deps, 'orders', plain);
  await deleteSubscription(deps, { topic: 'orders', name: 'all' });
  await forgetFilters(deps, 'orders');
  expect(await reachesAnyone(deps, 'orders', plain)).toBe('noSubscription');
});

it('costs nothing while it remembers', async () => {
  const { deps, topic } = await world();
  await topic.subscribe('all');
  await reachesAnyone(deps, 'orders', plain);
  expect(await costOf(deps, () => reachesAnyone(deps, 'orders', plain))).toEqual(await costOf(deps, async () => {}));
});
