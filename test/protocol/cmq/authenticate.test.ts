import { createHmac } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { parseForm } from '../../../lib/protocol/cmq/form.ts';
import { textsToSign } from '../../../lib/protocol/cmq/signature.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { formText, type Given, newCmqCaller, refused } from './caller.ts';

const host = 'mq.example.com';
const allows = vi.fn<(operation: string, name: string) => boolean>();

function world() {
  const deps = memoryDeps();
  const find = async (id: string) => (id === 'AKIDtest' ? { secret: 'testsecret', allows } : undefined);
  const { raw } = newCmqCaller({ ...deps, accessKeys: { find } });
  const signed = (given: Given, secret = 'testsecret', method = 'POST'): string => {
    const text = formText({ SecretId: 'AKIDtest', Nonce: 0, Timestamp: Math.floor(deps.clock.now() / 1000), ...given });
    const [toSign = ''] = textsToSign({ method, host, path: '/', form: parseForm(text) });
    return `${text}&Signature=${encodeURIComponent(createHmac('sha1', secret).update(toSign).digest('base64'))}`;
  };
  return { clock: deps.clock, raw: (text: string, method = 'POST') => raw(text, { host, method }), signed };
}

beforeEach(() => {
  allows.mockReset().mockReturnValue(true);
});

it('takes what is signed, by POST and by GET', async () => {
  const { raw, signed } = world();
  expect(await raw(signed({ Action: 'CreateQueue', queueName: 'q' }))).toMatchObject({ code: 0 });
  expect(await raw(signed({ Action: 'GetQueueAttributes', queueName: 'q' }, 'testsecret', 'GET'), 'GET')).toMatchObject({ code: 0 });
});

it('asks whether the key is for that, in the words of the native API', async () => {
  const { raw, signed } = world();
  allows.mockReturnValue(false);
  expect(await raw(signed({ Action: 'SendMessage', queueName: 'q', msgBody: 'a' }))).toMatchObject(refused('authenticationFailed'));
  expect(await raw(signed({ Action: 'Subscribe', topicName: 't' }))).toMatchObject(refused('authenticationFailed'));
  expect(await raw(signed({ Action: 'ListQueue' }))).toMatchObject(refused('authenticationFailed'));
  expect(allows.mock.calls).toEqual([['sendMessages', 'q'], ['createSubscription', 't'], ['listQueues', '']]);
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

  it('a request that comes again', async () => {
    const { raw, signed } = world();
    const text = signed(list);
    expect(await raw(text)).toMatchObject({ code: 0 });
    expect(await raw(text)).toMatchObject(refused('authenticationFailed'));
    expect(await raw(`${text}-`)).toMatchObject(refused('authenticationFailed'));
    expect(await raw(signed({ ...list, Nonce: 1 }))).toMatchObject({ code: 0 });
  });
});

it('names what is missing', async () => {
  const { raw, signed } = world();
  expect(await raw('Action=ListQueue&SecretId=AKIDtest')).toMatchObject(refused('missing', 'Signature'));
  expect(await raw(signed({ Action: 'ListQueue', SecretId: 'other' }))).toMatchObject(refused('secretIdForm'));
});
