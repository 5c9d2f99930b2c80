import { z } from 'zod';
import { changeSubscription as runChange } from '../../core/topic/change-subscription.ts';
import { createSubscription as runCreate } from '../../core/topic/create-subscription.ts';
import { deleteSubscription as runDelete } from '../../core/topic/delete-subscription.ts';
import { describeSubscription as runDescribe } from '../../core/topic/describe-subscription.ts';
import { listSubscriptions as runList } from '../../core/topic/list-subscriptions.ts';
import { defineAction, noBody, takesNothing } from './action.ts';
import { countsAnswer, renderCounts } from './describe-queue.ts';
import { DEFAULT_LIMIT, listQuery } from './list-queues.ts';
import { renderSubscription, subscriptionAnswer, subscriptionChanges, subscriptionRequest } from './shapes/subscription.ts';

const path = '/v1/topics/{topic}/subscriptions/{subscription}';

/** What a target may be refused for. */
const ofPush = ['endpointUnresolvable', 'endpointForbidden', 'deliveryQueueNotFound', 'deliveryCycle'] as const;

export const createSubscription = defineAction({
  ...takesNothing,
  operation: 'createSubscription',
  method: 'PUT',
  path,
  summary: 'Create a subscription. The same attributes again is a success; omitted ones take their defaults.',
  body: subscriptionRequest,
  replies: { 201: 'Created.', 200: 'There already, with the same attributes.' },
  reply: subscriptionAnswer,
  errors: ['topicNotFound', 'subscriptionExistsWithOtherSettings', 'messageNotFound', 'deadLetterQueueNotFound', ...ofPush, 'queueIsChanging'],
  async run(deps, { param, body }) {
    const { subscription, created } = await runCreate(deps, { topic: param('topic'), name: param('subscription'), ...body });
    return { status: created ? 201 : 200, body: renderSubscription(subscription, created) };
  },
});

export const listSubscriptions = defineAction({
  ...takesNothing,
  operation: 'listSubscriptions',
  method: 'GET',
  path: '/v1/topics/{topic}/subscriptions',
  summary: 'List subscriptions of a topic by name, ascending.',
  query: listQuery,
  replies: { 200: 'A page; without `cursor` it is the last.' },
  reply: z.object({ subscriptions: z.array(subscriptionAnswer), cursor: z.string().exactOptional() }),
  errors: ['topicNotFound'],
  async run(deps, { param, query: { prefix = '', limit = DEFAULT_LIMIT, ...rest } }) {
    const { subscriptions, cursor } = await runList(deps, { topic: param('topic'), prefix, limit, ...rest });
    return { status: 200, body: { subscriptions: subscriptions.map((one) => renderSubscription(one)), ...(cursor !== undefined && { cursor }) } };
  },
});

export const describeSubscription = defineAction({
  ...takesNothing,
  operation: 'describeSubscription',
  method: 'GET',
  path,
  summary: 'Attributes and counts of a subscription.',
  replies: { 200: 'The subscription.' },
  reply: subscriptionAnswer.extend({
    counts: countsAnswer.extend({
      estimated: z.boolean().meta({ description: 'With a filter: how much of what nobody has looked at yet passes it is reckoned from a sample.' }),
    }),
  }),
  errors: ['topicNotFound', 'subscriptionNotFound'],
  async run(deps, { param }) {
    const { subscription, counts } = await runDescribe(deps, { topic: param('topic'), name: param('subscription') });
    return { status: 200, body: { ...renderSubscription(subscription), counts: { ...renderCounts(counts), estimated: counts.estimated } } };
  },
});

export const changeSubscription = defineAction({
  ...takesNothing,
  operation: 'changeSubscription',
  method: 'PATCH',
  path,
  summary: 'Change attributes of a subscription. Omitted ones stay; a new filter is for what is published from then on.',
  body: subscriptionChanges,
  replies: { 200: 'The subscription as it is now.' },
  reply: subscriptionAnswer,
  errors: ['topicNotFound', 'subscriptionNotFound', 'deadLetterQueueNotFound', ...ofPush, 'tooManyFilterChanges', 'queueIsChanging'],
  async run(deps, { param, body }) {
    return { status: 200, body: renderSubscription(await runChange(deps, { topic: param('topic'), name: param('subscription'), changes: body })) };
  },
});

export const deleteSubscription = defineAction({
  ...takesNothing,
  operation: 'deleteSubscription',
  method: 'DELETE',
  path,
  summary: 'Delete a subscription. The messages of the topic stay.',
  replies: { 204: 'Deleted.' },
  reply: noBody,
  errors: ['topicNotFound', 'subscriptionNotFound', 'queueIsChanging'],
  async run(deps, { param }) {
    await runDelete(deps, { topic: param('topic'), name: param('subscription') });
    return { status: 204, body: undefined };
  },
});
