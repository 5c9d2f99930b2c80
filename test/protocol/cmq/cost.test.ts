import { expect, it } from 'vitest';
import { sendMessages } from '../../../lib/core/queue/send-messages.ts';
import { costOf, entry } from '../../core/queue-calls.ts';
import { newCmqCaller } from './caller.ts';

const bodies = Array.from({ length: 16 }, (_, at) => `message ${at} ${'x'.repeat(500)}`);

it('a batch of 16 costs the store what a native send of 16 costs', async () => {
  const { deps, call } = newCmqCaller();
  await call('CreateQueue', { queueName: 'q' });
  const native = () => sendMessages(deps, { name: 'q', entries: bodies.map((body) => entry(body)) });
  await native();
  const costs = await costOf(deps, native);
  expect(await costOf(deps, () => call('BatchSendMessage', { queueName: 'q', msgBody: bodies }))).toEqual(costs);
});

it('publishing costs what a native publication costs, but for a look at the filters now and then', async () => {
  const { deps, call } = newCmqCaller();
  await call('CreateQueue', { queueName: 'q' });
  await call('CreateTopic', { topicName: 't' });
  await call('Subscribe', { topicName: 't', subscriptionName: 's', protocol: 'queue', endpoint: 'q', filterTag: ['a'] });
  const publish = () => call('BatchPublishMessage', { topicName: 't', msgBody: bodies, msgTag: ['a'] });
  await publish();
  const costs = await costOf(deps, () => sendMessages(deps, { name: 't/', entries: bodies.map((body) => entry(body, { tags: ['a'] })) }));
  expect(await costOf(deps, publish)).toEqual(costs);
});
