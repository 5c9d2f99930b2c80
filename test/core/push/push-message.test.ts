import * as fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it, vi } from 'vitest';
import { confirmationPush, messagePush, type PushedMessage, type PushSender } from '../../../lib/core/push/push-message.ts';
import { epochMs } from '../../../lib/core/time.ts';
import { hmacSigner } from '../../../lib/platform/signer.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const sender: PushSender = {
  topic: 'orders',
  subscription: 'risk',
  secret: SECRET,
  signer: hmacSigner({ current: new Uint8Array(32) }),
  nowMs: epochMs(1_614_265_330_999),
};

const message = (own: Partial<PushedMessage> = {}): PushedMessage => ({
  messageId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  body: { kind: 'text', text: '{"test": 2432232314}' },
  attributes: { currency: 'EUR' },
  tags: ['paid', 'eu'],
  routingKey: 'orders.eu.paid',
  enqueuedAtMs: epochMs(1_614_265_300_007),
  receiveCount: 3,
  ...own,
});

const binary = (...bytes: number[]): PushedMessage['body'] => ({ kind: 'binary', bytes: Uint8Array.from(bytes) });

describe('a raw push', () => {
  it('is the body as it is, and says the rest in headers', () => {
    expect(messagePush(sender, message(), 'raw')).toEqual({
      body: '{"test": 2432232314}',
      headers: {
        'Content-Type': 'text/plain; charset=utf-8',
        'User-Agent': 'RewindMQ',
        'RewindMQ-Type': 'message',
        'RewindMQ-Topic': 'orders',
        'RewindMQ-Subscription': 'risk',
        'RewindMQ-Attempt': '3',
        'RewindMQ-Tags': 'paid,eu',
        'RewindMQ-Routing-Key': 'orders.eu.paid',
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        // The convention's own example, which its libraries are tested by.
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
    });
  });

  it('sends bytes as bytes', () => {
    const push = messagePush(sender, message({ body: binary(0, 0xff, 10) }), 'raw');
    expect(push.body).toEqual(Uint8Array.of(0, 0xff, 10));
    expect(push.headers['Content-Type']).toBe('application/octet-stream');
  });

  it('leaves out headers of what a message does not have', () => {
    const { routingKey: _, ...bare } = message({ tags: [] });
    expect(Object.keys(messagePush(sender, bare, 'raw').headers).filter((name) => /Tags|Routing/.test(name))).toEqual([]);
  });

  it.each([
    ['eu, north', 'eu%2C%20north'],
    ['50%', '50%25'],
    ['a\r\nX-Injected: 1', 'a%0D%0AX-Injected:%201'],
    ['größe', 'gr%C3%B6%C3%9Fe'],
    ['🚲', '%F0%9F%9A%B2'],
    ["!\"#$&'()*+-./0:;<=>?@AZ[\\]^_`az{|}~", "!\"#$&'()*+-./0:;<=>?@AZ[\\]^_`az{|}~"],
  ])('writes the tag %j as %s', (tag, written) => {
    expect(messagePush(sender, message({ tags: [tag, 'b'] }), 'raw').headers['RewindMQ-Tags']).toBe(`${written},b`);
  });

  it('lets a receiver read back any tags and routing key', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 64 });
    fc.assert(fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), text, (tags, routingKey) => {
      const { headers } = messagePush(sender, message({ tags, routingKey }), 'raw');
      expect(Object.values(headers).join('')).toMatch(/^[ -~]*$/);
      expect(headers['RewindMQ-Tags']?.split(',').map(decodeURIComponent)).toEqual(tags);
      expect(decodeURIComponent(headers['RewindMQ-Routing-Key'] ?? '')).toBe(routingKey);
    }));
  });
});

describe('a JSON push', () => {
  const envelope = (own: Partial<PushedMessage>): unknown => JSON.parse(String(messagePush(sender, message(own), 'json').body));

  it('is an object with all there is to say', () => {
    expect(envelope({})).toEqual({
      messageId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      topic: 'orders',
      subscription: 'risk',
      body: '{"test": 2432232314}',
      encoding: 'text',
      attributes: { currency: 'EUR' },
      tags: ['paid', 'eu'],
      routingKey: 'orders.eu.paid',
      enqueueTime: '2021-02-25T15:01:40.007Z',
      attempt: 3,
    });
    expect(messagePush(sender, message(), 'json').headers['Content-Type']).toBe('application/json');
  });

  it('holds bytes in base64', () => {
    expect(envelope({ body: binary(0, 0xff, 10) })).toMatchObject({ body: 'AP8K', encoding: 'base64' });
  });
});

describe('the signature', () => {
  const received = (push: { readonly headers: Readonly<Record<string, string>>; readonly body: string | Uint8Array }, body = push.body): void => {
    vi.useFakeTimers({ now: sender.nowMs, toFake: ['Date'] });
    try {
      new Webhook(SECRET).verify(typeof body === 'string' ? body : Buffer.from(body), push.headers, { jsonParse: false });
    } finally {
      vi.useRealTimers();
    }
  };

  it('is what a library of the convention expects, for every text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('raw', 'json'), (text, format) => {
      received(messagePush(sender, message({ body: { kind: 'text', text } }), format));
    }));
  });

  it('is over the bytes of a body of bytes', () => {
    // Well-formed UTF-8, the one kind of bytes that this library takes.
    received(messagePush(sender, message({ body: { kind: 'binary', bytes: new TextEncoder().encode('größe') } }), 'raw'));
    const { headers } = messagePush(sender, message({ body: binary(0xff, 0, 0xfe) }), 'raw');
    const signed = Buffer.concat([Buffer.from('msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.'), Buffer.of(0xff, 0, 0xfe)]);
    expect(headers['webhook-signature']).toBe(`v1,${sender.signer.hmacSha256(Buffer.from(SECRET.slice(6), 'base64'), signed)}`);
  });

  it('does not fit another body', () => {
    const push = messagePush(sender, message(), 'raw');
    expect(() => received(push, `${String(push.body)} `)).toThrow('No matching signature');
  });

  it('is of this attempt, and no older', () => {
    const push = messagePush({ ...sender, nowMs: epochMs(sender.nowMs - 6 * 60_000) }, message(), 'raw');
    expect(() => received(push)).toThrow('too old');
  });

  it('is left out of a subscription without a secret', () => {
    const { secret: _, ...unsigned } = sender;
    const names = Object.keys(messagePush(unsigned, message(), 'raw').headers);
    expect(names.filter((name) => name.startsWith('webhook-'))).toEqual(['webhook-id', 'webhook-timestamp']);
  });

  it('is on the confirmation too', () => {
    const push = confirmationPush(sender, { id: 'c7', token: 'k3v9w2m1' });
    received(push);
    expect(push.headers).toMatchObject({ 'webhook-id': 'c7', 'RewindMQ-Type': 'confirmation', 'RewindMQ-Topic': 'orders', 'RewindMQ-Subscription': 'risk' });
    expect(JSON.parse(String(push.body))).toEqual({ type: 'confirmation', topic: 'orders', subscription: 'risk', token: 'k3v9w2m1' });
  });
});
