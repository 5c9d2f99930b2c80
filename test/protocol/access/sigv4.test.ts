import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readSigV4 } from '../../../lib/protocol/access/sigv4.ts';
import type { WireRequest } from '../../../lib/protocol/wire.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const SCOPE = 'AKIDEXAMPLE/20150830/us-east-1/service/aws4_request';

/** Of the test suite that AWS has published for this scheme: signatures that we did not compute. */
const signed = (signature: string, { signedHeaders = 'host;x-amz-date', ...more }: Partial<WireRequest> & { readonly signedHeaders?: string } = {}): WireRequest => ({
  method: 'GET', path: '/', query: '', body: undefined, ...more,
  headers: {
    host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z', ...more.headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${SCOPE}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
  },
});

const vectors: Readonly<Record<string, WireRequest>> = {
  'get-vanilla': signed('5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'),
  'get-vanilla-query-order-key-case': signed('b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500', { query: 'Param2=value2&Param1=value1' }),
  'post-vanilla': signed('5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b', { method: 'POST' }),
};

describe('the vectors of AWS', () => {
  it.each(Object.entries(vectors))('%s', async (_name, request) => {
    const read = readSigV4(request);
    expect(read).toMatchObject({ keyId: 'AKIDEXAMPLE', signedAtMs: Date.UTC(2015, 7, 30, 12, 36) });
    expect(await read!.isSignedWith(SECRET)).toBe(true);
    expect(await read!.isSignedWith(`${SECRET}x`)).toBe(false);
  });
});

describe('what is not as it was signed', () => {
  const [vector] = [vectors['post-vanilla']!];
  const digest = createHash('sha256').update('{}').digest('hex');
  it.each<[string, Partial<WireRequest>]>([
    ['the method', { method: 'PUT' }],
    ['the path', { path: '/other' }],
    ['the query', { query: 'a=b' }],
    ['the body', { body: Buffer.from('{}') }],
    ['the host', { headers: { ...vector.headers, host: 'example.com' } }],
    ['the time', { headers: { ...vector.headers, 'x-amz-date': '20150830T123601Z' } }],
    ['the day', { headers: { ...vector.headers, 'x-amz-date': '20150831T123600Z' } }],
    ['the digest of the body', { headers: { ...vector.headers, 'x-amz-content-sha256': digest } }],
    ['a body that need not be signed', { body: Buffer.from('{}'), headers: { ...vector.headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } }],
  ])('%s', async (_name, change) => {
    expect(await readSigV4({ ...vector, ...change })!.isSignedWith(SECRET)).toBe(false);
  });
});

it.each(['host', 'x-amz-date'])('refuses a signature that leaves out the header %s, or that is not there', async (name) => {
  const rest = ['host', 'x-amz-date'].filter((other) => other !== name);
  expect(await readSigV4(signed('0'.repeat(64), { signedHeaders: rest.join(';') }))!.isSignedWith(SECRET)).toBe(false);
  const { [name]: _left, ...headers } = vectors['get-vanilla']!.headers;
  expect(await readSigV4({ ...vectors['get-vanilla']!, headers })!.isSignedWith(SECRET)).toBe(false);
});

it.each(['', 'Basic YTpi', 'Bearer x', 'AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA256 Credential=a/b/c', `AWS4-HMAC-SHA256 Credential=${SCOPE}, SignedHeaders=host, Signature=short`])('%s is no such signature', (authorization) => {
  expect(readSigV4({ ...vectors['get-vanilla']!, headers: { authorization } })).toBeUndefined();
});

it.each(['20150230', '20151301T000000Z', '2015-08-30T12:36:00Z', ''])('%s is no time', (date) => {
  expect(readSigV4({ ...vectors['get-vanilla']!, headers: { ...vectors['get-vanilla']!.headers, 'x-amz-date': date } })).toMatchObject({ signedAtMs: undefined });
});
