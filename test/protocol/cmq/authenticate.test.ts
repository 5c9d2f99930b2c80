import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createAccessKey } from '../../../lib/core/access-key/create-access-key.ts';
import { listRewinds } from '../../../lib/core/queue/list-rewinds.ts';
import type { Scope } from '../../../lib/core/access-key/scope.ts';
import { textsToSign } from '../../../lib/protocol/access/cmq-hmac.ts';
import { parseForm } from '../../../lib/protocol/cmq/form.ts';
import { queueCalls } from '../../core/queue-calls.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { formText, type Given, newCmqCaller, refused } from './caller.ts';

const host = 'mq.example.com';

function world() {
  const deps = memoryDeps();
  const { raw } = newCmqCaller({ ...deps, authentication: { administrator: { id: 'AKIDtest', secret: 'testsecret' } } });
  const signed = (given: Given, secret = 'testsecret', method = 'POST'): string => {
    const text = formText({ SecretId: 'AKIDtest', Nonce: 0, Timestamp: Math.floor(deps.clock.now() / 1000), ...given });
    const [toSign = ''] = textsToSign({ method, host, path: '/', form: parseForm(text) });
    return `${text}&Signature=${encodeURIComponent(createHmac('sha1', secret).update(toSign).digest('base64'))}`;
  };
  return { deps, clock: deps.clock, raw: (text: string, method = 'POST') => raw(text, { host, method }), signed };
}

/** Somebody who signs with an issued key. */
async function holder(scope: Partial<Scope>) {
  const { deps, raw, signed } = world();
  const { accessKey: { id }, secret } = await createAccessKey(deps, { scope });
  let nonce = 0;
  const act = (Action: string, given: Given = {}) => {
    nonce += 1;
    return raw(signed({ Action, SecretId: id, Nonce: nonce, ...given }, secret));
  };
  const administer = (Action: string, given: Given = {}) => raw(signed({ Action, ...given }));
  return { deps, act, administer, id };
}

it('takes what is signed, by POST and by GET', async () => {
  const { raw, signed } = world();
  expect(await raw(signed({ Action: 'CreateQueue', queueName: 'q' }))).toMatchObject({ code: 0 });
  expect(await raw(signed({ Action: 'GetQueueAttributes', queueName: 'q' }, 'testsecret', 'GET'), 'GET')).toMatchObject({ code: 0 });
});

describe('an issued key', () => {
  it('is for the queues of its names', async () => {
    const { act, administer } = await holder({ names: ['orders-*'] });
    await administer('CreateQueue', { queueName: 'secret' });
    expect(await act('CreateQueue', { queueName: 'orders-eu' })).toMatchObject({ code: 0 });
    for (const queueName of ['secret', 'nothing']) {
      expect(await act('SendMessage', { queueName, msgBody: 'a' })).toMatchObject(refused('authenticationFailed'));
    }
    expect(await act('ListQueue')).toMatchObject({ code: 0, totalCount: 1, queueList: [{ queueName: 'orders-eu' }] });
  });

  it('is for its operations, whose names are those of the native API', async () => {
    const { act, administer } = await holder({ operations: ['send', 'describeQueue'] });
    await administer('CreateQueue', { queueName: 'q' });
    expect(await act('SendMessage', { queueName: 'q', msgBody: 'a' })).toMatchObject({ code: 0 });
    expect(await act('GetQueueAttributes', { queueName: 'q' })).toMatchObject({ code: 0 });
    for (const action of ['ReceiveMessage', 'DeleteQueue', 'RewindQueue']) {
      expect(await act(action, { queueName: 'q', startConsumeTime: 1 })).toMatchObject(refused('authenticationFailed'));
    }
    expect(await act('ListQueue')).toMatchObject(refused('authenticationFailed'));
  });

  it('is named by what is kept of its rewinds and purges', async () => {
    const { deps, act, id } = await holder({});
    await act('CreateQueue', { queueName: 'q', rewindSeconds: 3600 });
    expect(await act('RewindQueue', { queueName: 'q', startConsumeTime: Math.floor(deps.clock.now() / 1000) })).toMatchObject({ code: 0 });
    expect(await act('ClearQueue', { queueName: 'q' })).toMatchObject({ code: 0 });
    const rewinds = await listRewinds(deps, { name: 'q' });
    expect(rewinds.map(({ requestedBy }) => requestedBy)).toEqual([id, id]);
  });

  it('lets messages flow into no other queue', async () => {
    const { act, administer } = await holder({ names: ['mine*'] });
    await administer('CreateQueue', { queueName: 'secret' });
    await act('CreateTopic', { topicName: 'mine' });
    const deadLetterPolicy = JSON.stringify({ deadLetterQueue: 'secret', policy: 0, maxReceiveCount: 1 });
    expect(await act('CreateQueue', { queueName: 'mine-a', deadLetterPolicy })).toMatchObject(refused('authenticationFailed'));
    expect(await act('CreateQueue', { queueName: 'mine-b' })).toMatchObject({ code: 0 });
    expect(await act('SetQueueAttributes', { queueName: 'mine-b', deadLetterPolicy })).toMatchObject(refused('authenticationFailed'));
    const subscription = { topicName: 'mine', subscriptionName: 's', protocol: 'queue', notifyContentFormat: 'SIMPLIFIED' };
    expect(await act('Subscribe', { ...subscription, endpoint: 'secret' })).toMatchObject(refused('authenticationFailed'));
    expect(await act('Subscribe', { ...subscription, endpoint: 'mine-b' })).toMatchObject({ code: 0 });
  });
});

describe('the same refusal for', () => {
  const list = { Action: 'ListQueue' };

  it.each([
    ['a wrong secret', list, 'other'],
    ['an unknown id', { ...list, SecretId: 'AKIDother' }, 'testsecret'],
    ['an unknown id, signed with nothing', { ...list, SecretId: 'AKIDother' }, ''],
    ['no time', { ...list, Timestamp: '' }, 'testsecret'],
    ['a time that is none', { ...list, Timestamp: 'now' }, 'testsecret'],
  ])('%s', async (_name, given, secret) => {
    const { raw, signed } = world();
    expect(await raw(signed(given, secret))).toEqual({ ...refused('authenticationFailed'), requestId: expect.any(String) });
  });

  it.each([-301, 301])('a time %d s off, and not for one a second nearer', async (seconds) => {
    const { raw, signed, clock } = world();
    const Timestamp = Math.floor(clock.now() / 1000) + seconds;
    expect(await raw(signed({ ...list, Timestamp }))).toMatchObject(refused('authenticationFailed'));
    expect(await raw(signed({ ...list, Timestamp: Timestamp - Math.sign(seconds) }))).toMatchObject({ code: 0 });
  });

  it('a request that comes again, however its signature is spelled', async () => {
    const { raw, signed } = world();
    const text = signed({ ...list, Nonce: 123_456 });
    expect(await raw(text)).toMatchObject({ code: 0 });
    expect(await raw(text)).toMatchObject(refused('authenticationFailed'));
    expect(await raw(`${text}-`)).toMatchObject(refused('authenticationFailed'));
    expect(await raw(signed({ ...list, Nonce: 123_457 }))).toMatchObject({ code: 0 });
  });

  it('one dated ahead that comes again when it is late by now', async () => {
    const { raw, signed, clock } = world();
    const text = signed({ ...list, Nonce: 123_456, Timestamp: Math.floor(clock.now() / 1000) + 240 });
    expect(await raw(text)).toMatchObject({ code: 0 });
    clock.advance(360_000);
    expect(await raw(text)).toMatchObject(refused('authenticationFailed'));
  });

  it('one with a nonce of few that comes again after two seconds; before, it is another one like it', async () => {
    const { raw, signed, clock } = world();
    const text = signed({ ...list, Nonce: 9999 });
    expect(await raw(text)).toMatchObject({ code: 0 });
    clock.advance(1999);
    expect(await raw(text)).toMatchObject({ code: 0 });
    clock.advance(1);
    expect(await raw(text)).toMatchObject(refused('authenticationFailed'));
  });
});

describe('whoever can change a request', () => {
  const batch = { Action: 'BatchSendMessage', queueName: 'q', 'msgBody.1': 'a', 'msgBody.2': 'b' };

  async function withQueue() {
    const all = world();
    await all.raw(all.signed({ Action: 'CreateQueue', queueName: 'q' }));
    return { ...all, bodies: async () => (await queueCalls(all.deps, 'q').receive(20)).map(({ body }) => (body.kind === 'text' ? body.text : '')) };
  }

  it.each(['MSGBODY.1', 'msgBody_1', 'queuename'])('cannot put %s before what is signed', async (name) => {
    const { raw, signed, bodies } = await withQueue();
    expect(await raw(`${name}=%40x&${signed(batch)}`)).toMatchObject(refused('notRepeatable', name === 'queuename' ? 'queueName' : 'msgBody.1'));
    expect(await raw(signed({ [name]: 'x', ...batch }))).toMatchObject(refused('notRepeatable', name === 'queuename' ? 'queueName' : 'msgBody.1'));
    expect(await bodies()).toEqual([]);
  });

  it('cannot add to what a client has sent that signs everything', async () => {
    const { raw, signed, bodies } = await withQueue();
    expect(await raw(`${signed({ ...batch, RequestClient: 'SDK_JAVA_1.3' })}&msgBody.3=%40x`)).toMatchObject(refused('authenticationFailed'));
    expect(await bodies()).toEqual([]);
  });

  it('cannot take anything away by a name that has the same signature', async () => {
    const { raw, signed, bodies } = await withQueue();
    expect(await raw(signed(batch).replace('msgBody.2', 'msgBody_2'))).toMatchObject({ code: 0 });
    expect(await bodies()).toEqual(['a', 'b']);
  });
});

it('reads no name that is longer than any could be, signed or not', async () => {
  const { raw, signed } = world();
  const name = '_'.repeat(101);
  expect(await raw(signed({ Action: 'ListQueue', [name.slice(1)]: '1' }))).toMatchObject({ code: 0 });
  expect(await raw(`Action=ListQueue&SecretId=AKIDtest&Signature=AAAA&Timestamp=1&x=@&${name}=1`)).toMatchObject(refused('keyForm', name));
});

it('names what is missing', async () => {
  const { raw, signed } = world();
  expect(await raw('Action=ListQueue&SecretId=AKIDtest')).toMatchObject(refused('missing', 'Signature'));
  expect(await raw(signed({ Action: 'ListQueue', SecretId: 'other' }))).toMatchObject(refused('secretIdForm'));
});
