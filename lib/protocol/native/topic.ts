import { z } from 'zod';
import { changeTopic as runChange } from '../../core/topic/change-topic.ts';
import { createTopic as runCreate } from '../../core/topic/create-topic.ts';
import { deleteTopic as runDelete } from '../../core/topic/delete-topic.ts';
import { describeTopic as runDescribe } from '../../core/topic/describe-topic.ts';
import { listTopics as runList } from '../../core/topic/list-topics.ts';
import { defineAction, noBody, takesNothing } from './action.ts';
import { DEFAULT_LIMIT, listQuery } from './list-queues.ts';
import { renderTopic, topicAnswer, topicSettings } from './shapes/topic.ts';

const path = '/v1/topics/{topic}';

export const createTopic = defineAction({
  ...takesNothing,
  operation: 'createTopic',
  method: 'PUT',
  path,
  summary: 'Create a topic. The same attributes again is a success; omitted ones take their defaults.',
  body: topicSettings,
  replies: { 201: 'Created.', 200: 'There already, with the same attributes.' },
  reply: topicAnswer,
  errors: ['topicExistsWithOtherSettings', 'queueIsChanging'],
  async run(deps, { param, body }) {
    const { topic, created } = await runCreate(deps, { name: param('topic'), settings: body });
    return { status: created ? 201 : 200, body: renderTopic(topic) };
  },
});

export const listTopics = defineAction({
  ...takesNothing,
  operation: 'listTopics',
  method: 'GET',
  path: '/v1/topics',
  summary: 'List topics by name, ascending.',
  query: listQuery,
  replies: { 200: 'A page; without `cursor` it is the last.' },
  reply: z.object({ topics: z.array(topicAnswer), cursor: z.string().exactOptional() }),
  async run(deps, { query: { prefix = '', limit = DEFAULT_LIMIT, ...rest } }) {
    const { topics, cursor } = await runList(deps, { prefix, limit, ...rest });
    return { status: 200, body: { topics: topics.map(renderTopic), ...(cursor !== undefined && { cursor }) } };
  },
});

export const describeTopic = defineAction({
  ...takesNothing,
  operation: 'describeTopic',
  method: 'GET',
  path,
  summary: 'Attributes of a topic.',
  replies: { 200: 'The topic.' },
  reply: topicAnswer,
  errors: ['topicNotFound'],
  async run(deps, { param }) {
    return { status: 200, body: renderTopic(await runDescribe(deps, { name: param('topic') })) };
  },
});

export const changeTopic = defineAction({
  ...takesNothing,
  operation: 'changeTopic',
  method: 'PATCH',
  path,
  summary: 'Change attributes of a topic. Omitted ones stay.',
  body: topicSettings,
  replies: { 200: 'The topic as it is now.' },
  reply: topicAnswer,
  errors: ['topicNotFound', 'queueIsChanging'],
  async run(deps, { param, body }) {
    return { status: 200, body: renderTopic(await runChange(deps, { name: param('topic'), changes: body })) };
  },
});

export const deleteTopic = defineAction({
  ...takesNothing,
  operation: 'deleteTopic',
  method: 'DELETE',
  path,
  summary: 'Delete a topic with its subscriptions and everything in it.',
  replies: { 204: 'Deleted.' },
  reply: noBody,
  errors: ['topicNotFound', 'queueIsChanging'],
  async run(deps, { param }) {
    await runDelete(deps, { name: param('topic') });
    return { status: 204, body: undefined };
  },
});
