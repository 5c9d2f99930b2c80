import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { actions } from '../../../lib/protocol/cmq/actions.ts';
import { decodeBody, parseForm } from '../../../lib/protocol/cmq/form.ts';
import { CmqRefusal } from '../../../lib/protocol/cmq/refusals.ts';
import { newCmqCaller } from './caller.ts';

const wellFormed = fc.string({ unit: 'grapheme' });

it('gives back what was sent, by whichever way of writing a space', () => {
  fc.assert(fc.property(fc.dictionary(wellFormed.filter((name) => name !== ''), wellFormed), fc.boolean(), (fields, isPlus) => {
    const text = Object.entries(fields).map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
    expect(Object.fromEntries(parseForm(isPlus ? text.replaceAll('%20', '+') : text))).toEqual({ ...fields });
  }));
});

it('refuses what it cannot read, and throws nothing else', () => {
  fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary' }).map((text) => new TextEncoder().encode(text))), (bytes) => {
    try {
      parseForm(decodeBody(bytes));
    } catch (error) {
      expect(error).toBeInstanceOf(CmqRefusal);
    }
  }));
});

const { raw, deps } = newCmqCaller();

const name = fc.constantFrom(
  'queueName', 'topicName', 'subscriptionName', 'msgBody', 'msgBody.0', 'msgBody.1', 'msgBody.x', 'receiptHandle', 'receiptHandle.0', 'delaySeconds', 'pollingWaitSeconds', 'numOfMsg',
  'startConsumeTime', 'deadLetterPolicy', 'rewindSeconds', 'msgRetentionSeconds', 'offset', 'limit', 'searchWord', 'msgTag.1', 'filterTag.0', 'bindingKey.0', 'routingKey', 'protocol', 'endpoint',
  'notifyStrategy', 'notifyContentFormat', 'filterType', '__proto__', 'constructor', '.', 'a.b.c', 'clientRequestId',
);
const value = fc.oneof(
  wellFormed, fc.integer().map(String), fc.constantFrom('q', 't', '', '0', '-1', '1e9', '{}', '{"policy":0}', '[]', 'http', 'queue', 'http://127.0.0.1/x', '1:a:b:c:d:e:f#', '#', '99999999999999999999', 'JSON'),
);

it.each(actions.map((action) => action.name))('%s answers a code, and never one for a fault of ours', async (action) => {
  await raw('Action=CreateQueue&queueName=q');
  await raw('Action=CreateTopic&topicName=t');
  await fc.assert(fc.asyncProperty(fc.dictionary(name, value, { maxKeys: 8 }), async (fields) => {
    const pairs = Object.entries({ queueName: 'q', topicName: 't', ...fields }).map((pair) => pair.map(encodeURIComponent).join('='));
    const answer = await raw([`Action=${action}`, ...pairs].join('&'));
    expect(answer).toMatchObject({ code: expect.any(Number), message: expect.any(String), requestId: expect.any(String) });
    expect(answer['code']).not.toBe(6000);
  }), { numRuns: 60 });
  expect(deps.faults).toEqual([]);
});
