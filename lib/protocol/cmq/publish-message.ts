import { checkRoutingKey } from '../../core/binding-key.ts';
import type { Deps } from '../../core/deps.ts';
import { describeTopic } from '../../core/topic/describe-topic.ts';
import { publishMessages as run } from '../../core/topic/publish-messages.ts';
import { reachesAnyone } from '../../core/topic/reaches-anyone.ts';
import { timing } from '../../core/timing.ts';
import type { Action } from './action.ts';
import { routingKeyIn, tagsIn } from './filter-words.ts';
import { nameIn } from './names.ts';
import type { Parameters } from './parameters.ts';
import { CmqRefusal } from './refusals.ts';
import { bodiesIn, bodyIn, idsOf } from './send-message.ts';
import { filterTypeOf } from './topic-attributes.ts';

export const publishMessage: Action = {
  name: 'PublishMessage',
  operation: 'publishMessages',
  about: 'topicName',
  async run(deps, { params }) {
    const [msgId] = await published(deps, params, [bodyIn(params)]);
    return { msgId };
  },
};

export const batchPublishMessage: Action = {
  name: 'BatchPublishMessage',
  operation: 'publishMessages',
  about: 'topicName',
  async run(deps, { params }) {
    const ids = await published(deps, params, bodiesIn(params));
    return { msgList: ids.map((msgId) => ({ msgId })) };
  },
};

/** @throws CmqRefusal also where nobody would get the messages: in this dialect they are not taken then */
async function published(deps: Deps, params: Parameters, bodies: readonly string[]): Promise<readonly string[]> {
  const topic = nameIn(params, 'topicName');
  const tags = tagsIn(params, 'msgTag', 'tooManyMessageTags');
  const routingKey = routingKeyIn(params);
  if (routingKey === undefined) await checkIsOptional(deps, topic);
  else checkRoutingKey(routingKey);
  const words = { tags, attributes: {}, ...(routingKey === undefined ? {} : { routingKey }) };
  const reach = await reachesAnyone(deps, topic, words);
  if (reach !== 'someone') throw new CmqRefusal(reach === 'noneMatches' ? 'noMatch' : 'noSubscription');
  return idsOf(await run(deps, { topic, entries: bodies.map((text) => ({ body: { kind: 'text', text }, ...words })), isAllOrNothing: true }));
}

/** Where subscriptions choose by it, a message must have one. That never changes, so an old record will do. */
async function checkIsOptional(deps: Deps, topic: string): Promise<void> {
  if (filterTypeOf(await describeTopic(deps, { name: topic, ageMs: timing.definitionAgeMs })) === 'byBindingKeys') throw new CmqRefusal('routingKeyMissing');
}
