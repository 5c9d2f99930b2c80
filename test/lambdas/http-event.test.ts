import { describe, expect, it } from 'vitest';
import { toHttpResult, toWireRequest } from '../../lambdas/http-event.ts';
import { httpEvent, signedHttpEvent } from './http-event-of.ts';

const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

describe('a request from API Gateway', () => {
  it('keeps its method, path and query as they came', () => {
    const request = toWireRequest(httpEvent({ method: 'GET', path: '/v1/queues', query: 'prefix=a%20b&limit=10' }));
    expect(request).toMatchObject({ method: 'GET', path: '/v1/queues', query: 'prefix=a%20b&limit=10' });
  });

  it.each([
    ['a space', '/v1/queues/a b', '/v1/queues/a%20b'],
    ['a question mark', '/v1/queues/a?b', '/v1/queues/a%3Fb'],
    ['other scripts', '/v1/queues/größe', '/v1/queues/gr%C3%B6%C3%9Fe'],
    ['half a surrogate pair', '/v1/queues/\ud800', '/v1/queues/%EF%BF%BD'],
    ['a bare percent sign', '/v1/queues/100%', '/v1/queues/100%25'],
  ])('has %s in its path encoded again, which API Gateway decodes', (_what, decoded, encoded) => {
    expect(toWireRequest(httpEvent({ path: decoded })).path).toBe(encoded);
  });

  it('is not encoded twice', () => {
    expect(toWireRequest(httpEvent({ path: '/v1/queues/a%25b%20c' })).path).toBe('/v1/queues/a%25b%20c');
  });

  it('names its headers in lower case, and leaves out those without a value', () => {
    const request = toWireRequest(httpEvent({ headers: { 'Idempotency-Key': 'k', 'content-type': 'application/json', 'x-none': undefined } }));
    expect(request.headers).toEqual({ 'idempotency-key': 'k', 'content-type': 'application/json' });
  });

  it('has its body as bytes, from text', () => {
    expect(text(toWireRequest(httpEvent({ body: '{"text":"grüße"}' })).body)).toBe('{"text":"grüße"}');
  });

  it('has its body as bytes, from base64', () => {
    const body = Buffer.from([0, 255, 128]).toString('base64');
    expect(toWireRequest(httpEvent({ body, isBase64Encoded: true })).body).toEqual(Buffer.from([0, 255, 128]));
  });

  it('may have no body, which is not the same as an empty one', () => {
    expect(toWireRequest(httpEvent({})).body).toBeUndefined();
    expect(toWireRequest(httpEvent({ body: '' })).body).toHaveLength(0);
  });

  it('says who signed it, where IAM knows', () => {
    const ada = 'arn:aws:iam::123456789012:user/ada';
    expect(toWireRequest(signedHttpEvent({}, ada)).caller).toBe(ada);
    expect(toWireRequest(httpEvent({}))).not.toHaveProperty('caller');
  });

  it('can be told to stop', () => {
    const { signal } = new AbortController();
    expect(toWireRequest(httpEvent({}), signal).signal).toBe(signal);
    expect(toWireRequest(httpEvent({}))).not.toHaveProperty('signal');
  });
});

describe('a reply to API Gateway', () => {
  it('has status, headers and body in the names of Lambda', () => {
    expect(toHttpResult({ status: 404, headers: { 'content-type': 'application/json' }, body: '{}' })).toEqual({
      statusCode: 404, headers: { 'content-type': 'application/json' }, body: '{}',
    });
  });
});
