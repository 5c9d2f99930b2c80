import { beforeEach, describe, expect, it } from 'vitest';
import { createSubscription } from '../../../lib/core/topic/create-subscription.ts';
import { createTopic } from '../../../lib/core/topic/create-topic.ts';
import { describeSubscription } from '../../../lib/core/topic/describe-subscription.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { type CmqCaller, type Given, newCmqCaller, refused } from './caller.ts';

/** The topic model, on the real core and a store in memory. */

let caller: CmqCaller;
const call = (action: string, given: Given = {}) => caller.call(action, { topicName: 't', ...given });
const subscribe = (given: Given = {}) => call('Subscribe', { subscriptionName: 's', protocol: 'http', endpoint: 'http://example.com/hook', ...given });
const attributes = (subscriptionName = 's') => call('GetSubscriptionAttributes', { subscriptionName });

beforeEach(async () => {
  const deps = memoryDeps();
  caller = newCmqCaller({ ...deps, pushEndpoint: { ...deps.pushEndpoint, check: async () => ({ kind: 'reachable' }) } });
  await caller.call('CreateQueue', { queueName: 'q' });
});

describe('a topic', () => {
  it('is made, shown, changed, listed and deleted', async () => {
    const { topicId } = await call('CreateTopic', { maxMsgSize: 1024, filterType: 2 });
    const seconds = Math.floor(caller.deps.clock.now() / 1000);
    expect(await call('GetTopicAttributes')).toEqual({
      code: 0, message: '', requestId: expect.any(String), topicId, topicName: 't', msgCount: 0, maxMsgSize: 1024, msgRetentionSeconds: 86_400,
      createTime: seconds, lastModifyTime: seconds, filterType: 2,
    });
    expect(await call('SetTopicAttributes', { maxMsgSize: 65_536 })).toMatchObject({ code: 0 });
    expect(await call('GetTopicAttributes')).toMatchObject({ maxMsgSize: 65_536, filterType: 2 });
    expect(await caller.call('ListTopic', { searchWord: 'T' })).toMatchObject({ totalCount: 1, topicList: [{ topicId, topicName: 't' }] });
    expect(await call('QueryTopicRoute')).toMatchObject({ addr: ['mq.example.com:443'] });
    expect(await call('DeleteTopic')).toMatchObject({ code: 0 });
    expect(await call('GetTopicAttributes')).toMatchObject(refused('topicNotFound'));
  });

  it('goes by tags unless it is told otherwise', async () => {
    await call('CreateTopic');
    expect(await call('GetTopicAttributes')).toMatchObject({ filterType: 1, maxMsgSize: 65_536 });
  });

  it('counts what waits for the subscriber that is furthest behind', async () => {
    await call('CreateTopic');
    await subscribe();
    await subscribe({ subscriptionName: 'paid', filterTag: ['paid'] });
    await call('BatchPublishMessage', { msgBody: ['a', 'b', 'c'] });
    expect(await call('GetTopicAttributes')).toMatchObject({ msgCount: 3 });
    expect(await attributes()).toMatchObject({ msgCount: 3 });
  });
});

describe('a subscription', () => {
  beforeEach(() => call('CreateTopic'));

  it('of a queue keeps that from being deleted, until it is unsubscribed', async () => {
    await subscribe({ protocol: 'queue', endpoint: 'q', notifyContentFormat: 'SIMPLIFIED' });
    expect(await caller.call('DeleteQueue', { queueName: 'q' })).toMatchObject({ code: 4490, message: '(10780)operation not allowed' });
    await call('Unsubscribe', { subscriptionName: 's' });
    expect(await caller.call('DeleteQueue', { queueName: 'q' })).toMatchObject({ code: 0 });
  });

  it('is shown with every field that some client needs', async () => {
    const { subscriptionId } = await subscribe({ filterTag: ['paid', 'eu'] });
    const seconds = Math.floor(caller.deps.clock.now() / 1000);
    expect(subscriptionId).toMatch(/^subsc-\w+$/);
    expect(await attributes()).toEqual({
      code: 0, message: '', requestId: expect.any(String), topicOwner: '0', topicName: 't', subscriptionName: 's', subscriptionId, msgCount: 0,
      protocol: 'http', endpoint: 'http://example.com/hook', notifyStrategy: 'EXPONENTIAL_DECAY_RETRY', notifyContentFormat: 'JSON',
      createTime: seconds, lastModifyTime: seconds, bindingKey: [], filterTag: ['paid', 'eu'], filterTags: ['paid', 'eu'],
    });
    expect(await call('ListSubscriptionByTopic', { limit: 100 })).toMatchObject({
      totalCount: 1, subscriptionList: [{ subscriptionId, subscriptionName: 's', protocol: 'http', endpoint: 'http://example.com/hook' }],
    });
  });

  it('is notified at once, and never asked whether it wants to be', async () => {
    await subscribe();
    const { subscription } = await describeSubscription(caller.deps, { topic: 't', name: 's' });
    expect(subscription.push).toMatchObject({ confirmation: 'confirmed', delivery: { kind: 'http', url: 'http://example.com/hook', format: 'cmqJson' } });
    expect(subscription.push?.delivery).not.toHaveProperty('secret');
  });

  it.each(['queue', 'Queue', 'QUEUE'])('leads to a queue, in whatever case that is said: %s', async (protocol) => {
    expect(await subscribe({ protocol, endpoint: 'q' })).toMatchObject({ code: 0 });
    expect(await attributes()).toMatchObject({ protocol: 'queue', endpoint: 'q', notifyContentFormat: 'SIMPLIFIED' });
  });

  it('changes how it is notified, and keeps where', async () => {
    await subscribe({ notifyStrategy: 'BACKOFF_RETRY', notifyContentFormat: 'SIMPLIFIED' });
    expect(await attributes()).toMatchObject({ notifyStrategy: 'BACKOFF_RETRY', notifyContentFormat: 'SIMPLIFIED' });
    await call('SetSubscriptionAttributes', { subscriptionName: 's', notifyStrategy: 'EXPONENTIAL_DECAY_RETRY', notifyContentFormat: 'JSON', endpoint: 'http://elsewhere/' });
    expect(await attributes()).toMatchObject({ notifyStrategy: 'EXPONENTIAL_DECAY_RETRY', notifyContentFormat: 'JSON', endpoint: 'http://example.com/hook' });
    const { subscription } = await describeSubscription(caller.deps, { topic: 't', name: 's' });
    expect(subscription.push?.confirmation).toBe('confirmed');
  });

  it('of the native protocol keeps what this dialect has no words for: its format, its signature, its attribute filter', async () => {
    await createSubscription(caller.deps, {
      topic: 't', name: 's', settings: {}, filter: { tags: ['a'], attributes: { total: { exists: true } } },
      push: { delivery: { kind: 'http', url: 'http://example.com/hook', format: 'json' } },
    });
    await call('SetSubscriptionAttributes', { subscriptionName: 's', notifyContentFormat: 'JSON', filterTag: ['b'] });
    const { subscription } = await describeSubscription(caller.deps, { topic: 't', name: 's' });
    expect(subscription.push).toMatchObject({ confirmation: 'pending', delivery: { format: 'json', secret: expect.any(String) } });
    expect(subscription.filter).toEqual({ tags: ['b'], attributes: { total: { exists: true } } });
  });

  it('changes its tags for what is published right after, and loses them by the action that one client misspells', async () => {
    await subscribe({ filterTag: ['paid'] });
    await call('SetSubscriptionAttributes', { subscriptionName: 's', filterTag: ['new'] });
    expect(await call('PublishMessage', { msgBody: 'a', msgTag: ['paid'] })).toMatchObject(refused('noMatch'));
    expect(await call('PublishMessage', { msgBody: 'a', msgTag: ['new'] })).toMatchObject({ code: 0 });
    expect(await attributes()).toMatchObject({ filterTag: ['new'], msgCount: 1 });
    await call('ClearSUbscriptionFIlterTags', { subscriptionName: 's' });
    expect(await attributes()).toMatchObject({ filterTag: [], filterTags: [] });
    expect(await call('PublishMessage', { msgBody: 'a' })).toMatchObject({ code: 0 });
  });

  it('ends', async () => {
    await subscribe();
    expect(await call('Unsubscribe', { subscriptionName: 's' })).toMatchObject({ code: 0 });
    expect(await attributes()).toMatchObject(refused('subscriptionNotFound'));
    expect(await call('PublishMessage', { msgBody: 'a' })).toMatchObject(refused('noSubscription'));
    expect(await call('DeleteTopic')).toMatchObject({ code: 0 });
  });

  it('made elsewhere is shown in the words of there', async () => {
    await createTopic(caller.deps, { name: 'native', settings: {} });
    await createSubscription(caller.deps, { topic: 'native', name: 'pulled', settings: {}, filter: { tags: ['x'] } });
    const topicName = 'native';
    expect(await call('ListSubscriptionByTopic', { topicName })).toMatchObject({ subscriptionList: [{ subscriptionName: 'pulled', protocol: 'pull', endpoint: '' }] });
    expect(await call('GetSubscriptionAttributes', { topicName, subscriptionName: 'pulled' })).toMatchObject({ filterTag: ['x'], notifyStrategy: '' });
  });
});

describe('publishing', () => {
  it('reaches those whose tags it has', async () => {
    await call('CreateTopic');
    await subscribe({ filterTag: ['paid', 'sent'] });
    expect(await call('PublishMessage', { msgBody: 'a', 'msgTag.1': 'paid', 'msgTag.2': 'x', routingKey: '' })).toMatchObject({ code: 0, msgId: expect.any(String) });
    expect(await call('PublishMessage', { msgBody: 'a', msgTag: ['', 'Paid'] })).toMatchObject(refused('noMatch'));
    expect(await attributes()).toMatchObject({ msgCount: 1 });
  });

  it.each([
    ['1.*.0', '1.2.0', true], ['1.*.0', '1.2.3.0', false], ['1.#.0', '1.2.3.4.4.2.2.0', true], ['1.#.0', '1.0', true], ['#', 'a', true], ['a', 'b', false],
  ])('by binding keys: %s and %s: %s', async (bindingKey, routingKey, isMeant) => {
    await call('CreateTopic', { filterType: 2 });
    await subscribe({ bindingKey: [bindingKey] });
    expect(await call('BatchPublishMessage', { msgBody: ['a', 'b'], routingKey })).toMatchObject(isMeant ? { msgList: [{}, {}] } : refused('noMatch'));
  });

  it('is all or nothing', async () => {
    await call('CreateTopic', { maxMsgSize: 1024 });
    await subscribe();
    expect(await call('BatchPublishMessage', { msgBody: ['a', 'x'.repeat(1025)] })).toMatchObject(refused('messageTooLarge'));
    expect(await attributes()).toMatchObject({ msgCount: 0 });
  });
});
