import { describe, expect, it } from 'vitest';
import { confirms, isAccepted, isConfirmed } from '../../../lib/core/push/confirm.ts';
import type { PushAnswer } from '../../../lib/core/ports/push-endpoint.ts';

const TOKEN = 'k3v9w2m1x7q8z4';

const answered = (status: number, body = TOKEN): PushAnswer => ({ kind: 'answered', status, body });

describe('confirms', () => {
  it.each([
    TOKEN, ` ${TOKEN}\r\n`, `"${TOKEN}"`, `{"token":"${TOKEN}"}`, ` { "ok": true, "token": "${TOKEN}" } `,
  ])('hears %j', (body) => {
    expect(confirms(body, TOKEN)).toBe(true);
  });

  it.each([
    '', 'ok', TOKEN.toUpperCase(), `${TOKEN}x`, `token=${TOKEN}`, `<p>${TOKEN}</p>`, 'null', '[]', '1', `["${TOKEN}"]`, '{}', '{"token":null}',
    `{"token":["${TOKEN}"]}`, `{"Token":"${TOKEN}"}`, `{"token":"${TOKEN}"`, `{"challenge":"${TOKEN}"}`,
  ])('does not hear %j', (body) => {
    expect(confirms(body, TOKEN)).toBe(false);
  });

  it('takes an echo of the question for no answer', () => {
    expect(confirms(JSON.stringify({ type: 'confirmation', topic: 'orders', subscription: 'risk', token: TOKEN }), TOKEN)).toBe(false);
  });
});

it('an endpoint accepts with any 2xx and nothing else', () => {
  expect([199, 200, 204, 299, 300, 301, 404, 500].map((status) => isAccepted(answered(status)))).toEqual([false, true, true, true, false, false, false, false]);
  expect(isAccepted({ kind: 'unreachable', reason: 'timeout' })).toBe(false);
  expect(isAccepted({ kind: 'forbidden', reason: 'loopback' })).toBe(false);
});

it('an endpoint confirms with the token and 2xx', () => {
  expect([answered(200), answered(204, ''), answered(200, 'ok'), answered(404)].map((answer) => isConfirmed(answer, TOKEN))).toEqual([true, false, false, false]);
});
