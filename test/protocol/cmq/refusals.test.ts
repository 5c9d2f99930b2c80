import { describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../../lib/core/errors.ts';
import type { RefusalName } from '../../../lib/protocol/cmq/refusals.ts';
import { refusals } from '../../../lib/protocol/cmq/refusals.ts';
import { type MemoryDeps, memoryDeps } from '../../support/memory-deps.ts';
import { type CmqCaller, type Given, newCmqCaller, refused } from './caller.ts';

/** Every error of the dialect, by a request that meets it. */

const withKeys = (): CmqCaller => newCmqCaller({ ...memoryDeps(), authentication: {} });

const brokenBy = (error: Error): CmqCaller => {
  const deps = memoryDeps();
  return newCmqCaller({ ...deps, queues: { ...deps.queues, readName: async () => { throw error; } } });
};

/** With the queue `q`, the topics `t` by tags and `k` by binding keys, and subscriptions to both of the queue. */
async function furnished(): Promise<CmqCaller> {
  const caller = newCmqCaller();
  const reachable: MemoryDeps = { ...caller.deps, pushEndpoint: { ...caller.deps.pushEndpoint, check: async (url) => (url.includes('private') ? { kind: 'forbidden', reason: 'private' } : { kind: 'reachable' }) } };
  const { call, ...rest } = newCmqCaller(reachable);
  await call('CreateQueue', { queueName: 'q', maxMsgSize: 1024 });
  await call('CreateTopic', { topicName: 'empty' });
  await call('CreateTopic', { topicName: 't' });
  await call('CreateTopic', { topicName: 'k', filterType: 2 });
  await call('Subscribe', { topicName: 't', subscriptionName: 's', ...toQueue, filterTag: ['paid'] });
  await call('Subscribe', { topicName: 'k', subscriptionName: 's', ...toQueue, bindingKey: ['eu.*'] });
  return { call, ...rest };
}

const toQueue = { protocol: 'queue', endpoint: 'q', notifyContentFormat: 'SIMPLIFIED' };
const toHttp = { protocol: 'http', endpoint: 'http://example.com/hook' };

const subscribing = (given: Given, topicName = 't') => ({ call }: CmqCaller) => call('Subscribe', { topicName, subscriptionName: 'new', ...toHttp, ...given });
const calling = (action: string, given: Given) => ({ call }: CmqCaller) => call(action, given);
const raw = (text: string, method = 'POST') => (caller: CmqCaller) => caller.raw(text, { method });

type Try = (caller: CmqCaller) => Promise<unknown>;

const rows: readonly (readonly [RefusalName, string, Try])[] = [
  ['actionMissing', '', raw('queueName=q')],
  ['actionUnknown', 'Fly', calling('Fly', {})],
  ['methodNotAllowed', 'PUT', raw('Action=ListQueue', 'PUT')],
  ['unreadable', 'parameters', raw('Action=ListQueue&a=%E4')],
  ['unreadable', 'parameters', raw(Array.from({ length: 1001 }, (_, at) => `a${at}=`).join('&'))],
  ['unreadable', 'body', raw('a'.repeat(4 * 1024 * 1024 + 1))],
  ['secretIdForm', '', () => withKeys().call('ListQueue', { SecretId: 'x', Signature: 'y' })],
  ['authenticationFailed', '', () => withKeys().call('ListQueue', { SecretId: 'AKIDx', Signature: 'y' })],

  ['parametersWrong', '', calling('PublishMessage', { topicName: 'k', msgBody: 'a', routingKey: 'a..b' })],
  ['keyForm', 'msgBody', calling('BatchSendMessage', { 'queueName': 'q', 'msgBody.x': 'a' })],
  ['keyForm', 'msgBody', calling('BatchSendMessage', { queueName: 'q', msgBody: 'a' })],
  ['notRepeatable', 'queueName', calling('SendMessage', { queueName: ['q'], msgBody: 'a' })],
  ['notRepeatable', 'a', raw('Action=ListQueue&a=1&a=1')],
  ['outOfRange', 'visibilityTimeout', calling('CreateQueue', { queueName: 'n', visibilityTimeout: 43_201 })],
  ['outOfRange', 'msgTag', calling('PublishMessage', { topicName: 't', msgBody: 'a', msgTag: ['x'.repeat(17)] })],
  ['outOfRange', 'routingKey', calling('PublishMessage', { topicName: 'k', msgBody: 'a', routingKey: '中'.repeat(22) })],
  ['outOfRange', 'policy', calling('SetQueueAttributes', { queueName: 'q', deadLetterPolicy: '{"policy":2,"deadLetterQueue":"q","maxTimeToLive":300}' })],
  ['outOfRange', 'maxTimeToLive', calling('SetQueueAttributes', { queueName: 'q', deadLetterPolicy: '{"policy":1,"deadLetterQueue":"q","maxTimeToLive":299}' })],
  ['outOfRange', 'maxTimeToLive', calling('SetQueueAttributes', { queueName: 'q', deadLetterPolicy: '{"policy":1,"deadLetterQueue":"q","maxTimeToLive":43201}' })],
  ['outOfRange', 'maxTimeToLive', calling('CreateQueue', { queueName: 'n', msgRetentionSeconds: 300, deadLetterPolicy: '{"policy":1,"deadLetterQueue":"q","maxTimeToLive":300}' })],
  ['outOfRange', 'maxTimeToLive', async ({ call }) => {
    await call('CreateQueue', { queueName: 'source', deadLetterPolicy: '{"policy":1,"deadLetterQueue":"q","maxTimeToLive":600}' });
    return call('SetQueueAttributes', { queueName: 'source', msgRetentionSeconds: 600 });
  }],
  ['wrongType', 'maxTimeToLive', calling('SetQueueAttributes', { queueName: 'q', deadLetterPolicy: '{"policy":1,"deadLetterQueue":"q","maxTimeToLive":"5m"}' })],
  ['wrongType', 'numOfMsg', calling('BatchReceiveMessage', { queueName: 'q', numOfMsg: 'many' })],
  ['wrongType', 'deadLetterPolicy', calling('SetQueueAttributes', { queueName: 'q', deadLetterPolicy: '[]' })],
  ['batchSize', 'msgBody', calling('BatchSendMessage', { queueName: 'q', msgBody: Array.from({ length: 17 }, () => 'a') })],
  ['batchSize', 'receiptHandle', calling('BatchDeleteMessage', { queueName: 'q', receiptHandle: Array.from({ length: 17 }, () => 'a') })],
  ['notConsecutive', 'msgBody', calling('BatchSendMessage', { 'queueName': 'q', 'msgBody.1': 'a', 'msgBody.3': 'b' })],
  ['missing', 'queueName', calling('SendMessage', { queueName: '', msgBody: 'a' })],
  ['missing', 'limit', calling('ListQueue', { offset: 1 })],
  ['missing', 'maxTimeToLive', calling('SetQueueAttributes', { queueName: 'q', deadLetterPolicy: '{"policy":1,"deadLetterQueue":"q","maxReceiveCount":3}' })],
  ['missing', 'maxReceiveCount', calling('SetQueueAttributes', { queueName: 'q', deadLetterPolicy: '{"policy":0,"deadLetterQueue":"d"}' })],

  ['queueNotFound', '', calling('SendMessage', { queueName: 'none', msgBody: 'a' })],
  ['queueNotFound', '', calling('SetQueueAttributes', { queueName: 'q', deadLetterPolicy: '{"policy":0,"deadLetterQueue":"none","maxReceiveCount":3}' })],
  ['queueExists', '', calling('CreateQueue', { queueName: 'q', maxMsgSize: 1024 })],
  ['queueExists', '', calling('CreateQueue', { queueName: 'Q' })],
  ['queueNameForm', '', calling('CreateQueue', { queueName: '1q' })],
  ['queueNameForm', '', calling('CreateQueue', { queueName: 'q'.repeat(65) })],
  ['operationNotAllowed', '', async ({ call }) => {
    await call('CreateQueue', { queueName: 'source', deadLetterPolicy: '{"policy":0,"deadLetterQueue":"q","maxReceiveCount":3}' });
    return call('DeleteQueue', { queueName: 'q' });
  }],
  ['messageTooLarge', '', calling('SendMessage', { queueName: 'q', msgBody: 'x'.repeat(1025) })],
  ['messageTooLarge', '', calling('BatchSendMessage', { queueName: 'q', msgBody: ['a', 'x'.repeat(1025)] })],
  ['bodyEmpty', '', calling('SendMessage', { queueName: 'q', msgBody: '' })],
  ['bodyEmpty', '', calling('BatchSendMessage', { queueName: 'q', msgBody: ['a', ''] })],
  ['batchTooLarge', '', calling('BatchSendMessage', { queueName: 'q', msgBody: ['x'.repeat(1_048_576), 'x'] })],
  ['delayOutOfRange', '', calling('SendMessage', { queueName: 'q', msgBody: 'a', delaySeconds: 6_048_001 })],
  ['delayOutOfRange', '', calling('SendMessage', { queueName: 'q', msgBody: 'a', delaySeconds: -1 })],
  ['noMessage', '', calling('ReceiveMessage', { queueName: 'q' })],
  ['noMessage', '', calling('BatchReceiveMessage', { queueName: 'q', numOfMsg: 16, pollingWaitSeconds: 30 })],
  ['handleForm', '', calling('DeleteMessage', { queueName: 'q', receiptHandle: 'a+b/c==' })],
  ['handleInvalid', '', calling('DeleteMessage', { queueName: 'q', receiptHandle: '12345' })],
  ['deletePartlyFailed', '', async ({ call }) => {
    await call('SendMessage', { queueName: 'q', msgBody: 'a' });
    const { receiptHandle } = await call('ReceiveMessage', { queueName: 'q' });
    return call('BatchDeleteMessage', { queueName: 'q', receiptHandle: [String(receiptHandle), 'x'] });
  }],
  ['deleteFailed', '', calling('BatchDeleteMessage', { queueName: 'q', receiptHandle: ['x', '+'] })],
  ['rewindIsOff', '', calling('RewindQueue', { queueName: 'q', startConsumeTime: 1_700_000_000 })],
  ['rewindTime', '', async ({ call }) => {
    await call('SetQueueAttributes', { queueName: 'q', rewindSeconds: 60 });
    return call('RewindQueue', { queueName: 'q', startConsumeTime: 1_600_000_000 });
  }],
  ['rewindBeyondRetention', '', calling('CreateQueue', { queueName: 'n', msgRetentionSeconds: 60, rewindSeconds: 61 })],
  ['rewindBeyondRetention', '', calling('SetQueueAttributes', { queueName: 'q', rewindSeconds: 345_601 })],

  ['topicNotFound', '', calling('PublishMessage', { topicName: 'none', msgBody: 'a' })],
  ['topicExists', '', calling('CreateTopic', { topicName: 'T' })],
  ['topicNameForm', '', calling('CreateTopic', { topicName: 'a b' })],
  ['topicHasSubscriptions', '', calling('DeleteTopic', { TopicName: 't' })],
  ['subscriptionNotFound', '', calling('GetSubscriptionAttributes', { topicName: 't', subscriptionName: 'none' })],
  ['subscriptionExists', '', subscribing({ subscriptionName: 's' })],
  ['subscriptionExists', '', subscribing({ subscriptionName: 's', ...toQueue, filterTag: ['paid'] })],
  ['subscriptionNameForm', '', subscribing({ subscriptionName: '-' })],
  ['tooManyFilterTags', '', subscribing({ filterTag: ['1', '2', '3', '4', '5', '6'] })],
  ['tooManyBindingKeys', '', subscribing({ bindingKey: ['1', '2', '3', '4', '5', '6'] }, 'k')],
  ['tooManyDots', '', subscribing({ bindingKey: ['a.'.repeat(16)] }, 'k')],
  ['endpointForm', '', subscribing({ endpoint: 'ftp://example.com' })],
  ['endpointForm', '', subscribing({ endpoint: `http://example.com/${'a'.repeat(500)}` })],
  ['endpointForm', '', subscribing({ ...toQueue, endpoint: 'no/queue' })],
  ['endpointBlank', '', subscribing({ endpoint: 'http://example.com/a b' })],
  ['endpointIllegal', '', subscribing({ endpoint: 'http://private/' })],
  ['endpointIllegal', '', subscribing({ ...toQueue, endpoint: 'none' })],
  ['protocolUnknown', '', subscribing({ protocol: 'sms' })],
  ['notifyStrategyUnknown', '', subscribing({ notifyStrategy: 'SOMETIMES' })],
  ['contentFormatUnknown', '', subscribing({ notifyContentFormat: 'XML' })],
  ['queueNeedsSimplified', '', subscribing({ ...toQueue, notifyContentFormat: 'JSON' })],
  ['queueNeedsSimplified', '', calling('SetSubscriptionAttributes', { topicName: 't', subscriptionName: 's', notifyContentFormat: 'JSON' })],
  ['routingKeyMissing', '', calling('PublishMessage', { topicName: 'k', msgBody: 'a', routingKey: '' })],
  ['bindingKeyMissing', '', subscribing({}, 'k')],
  ['tooManyMessageTags', '', calling('PublishMessage', { topicName: 't', msgBody: 'a', msgTag: ['1', '2', '3', '4', '5', '6'] })],
  ['noSubscription', '', calling('PublishMessage', { topicName: 'empty', msgBody: 'a' })],
  ['noMatch', '', calling('PublishMessage', { topicName: 't', msgBody: 'a' })],
  ['noMatch', '', calling('BatchPublishMessage', { topicName: 'k', msgBody: ['a'], routingKey: 'us.paid' })],

  ['throttled', '', () => brokenBy(new StoreUnavailable('slow', { outcome: 'refused' })).call('DeleteQueue', { queueName: 'q' })],
  ['slowDown', '', async ({ call }) => {
    await call('ClearQueue', { queueName: 'q' });
    return call('ClearQueue', { queueName: 'q' });
  }],
  ['internalError', '', () => brokenBy(new StoreUnavailable('lost', { outcome: 'unknown' })).call('DeleteQueue', { queueName: 'q' })],
  ['internalError', '', () => brokenBy(new Error('a secret')).call('DeleteQueue', { queueName: 'q' })],
];

describe('each error has a request that meets it', () => {
  it.each(rows)('%s %s', async (name, subject, attempt) => {
    expect(await attempt(await furnished())).toMatchObject(refused(name, subject));
  });

  it('and none is left out', () => {
    expect([...new Set(rows.map(([name]) => name))].toSorted()).toEqual(Object.keys(refusals).toSorted());
  });
});

it('says what clients compare', () => {
  expect(refused('noMessage')).toEqual({ code: 7000, message: '(10200)no message' });
  expect(refused('queueExists')).toEqual({ code: 4460, message: '(10210)queue is already existed' });
  expect(refused('queueNotFound')).toEqual({ code: 4440, message: '(10100)queue is not existed, or deleted' });
});

it('lists what could not be deleted, by its handle', async () => {
  const { call } = await furnished();
  expect(await call('BatchDeleteMessage', { queueName: 'q', receiptHandle: ['x', '+'] })).toMatchObject({
    errorList: [{ ...refused('handleInvalid'), receiptHandle: 'x' }, { ...refused('handleForm'), receiptHandle: '+' }],
  });
});

it('reports a fault that is ours, and tells the caller nothing of it', async () => {
  const { call, deps } = brokenBy(new Error('a secret'));
  expect(JSON.stringify(await call('DeleteQueue', { queueName: 'q' }))).not.toContain('secret');
  expect(deps.faults).toHaveLength(1);
});

it('repeats only so much of a request', async () => {
  expect(JSON.stringify(await newCmqCaller().call('x'.repeat(1_000_000))).length).toBeLessThan(300);
});
