import { createHash } from 'node:crypto';
import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
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

/** As the AWS SDKs sign, but for the headers that are left out of the signature. */
async function signedBySdk({ query = {}, body, unsigned = [], ...more }: { readonly query?: Record<string, string>; readonly headers?: Record<string, string>; readonly body?: string; readonly unsigned?: readonly string[] }): Promise<WireRequest> {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET };
  const signer = new SignatureV4({ credentials, region: 'eu-west-1', service: 'execute-api', sha256: Hash.bind(null, 'sha256'), applyChecksum: false });
  const { headers } = await signer.sign(
    { method: 'POST', protocol: 'https:', hostname: '', path: '/v1/queues', query, headers: { host: 'mq.example.com', ...more.headers }, ...(body === undefined ? {} : { body }) },
    { unsignableHeaders: new Set(unsigned) },
  );
  return { method: 'POST', path: '/v1/queues', query: '', headers, body: body === undefined ? undefined : Buffer.from(body) };
}

const isGenuine = async (request: WireRequest) => readSigV4(request)!.isSignedWith(SECRET);

it.each(['host', 'x-amz-date'])('refuses a right signature over everything but the header %s', async (name) => {
  expect(await isGenuine(await signedBySdk({ unsigned: ['accept'] }))).toBe(true);
  expect(await isGenuine(await signedBySdk({ unsigned: [name] }))).toBe(false);
});

it.each(['constructor', '__proto__', 'x-not-sent', ''])('refuses a signature over a header that is not there: %j', async (name) => {
  expect(await isGenuine(signed('0'.repeat(64), { signedHeaders: `${name};host;x-amz-date` }))).toBe(false);
  const sent = await signedBySdk({ headers: { 'x-not-sent': '' } });
  const { 'x-not-sent': _left, ...headers } = sent.headers;
  expect(await isGenuine(sent)).toBe(true);
  expect(await isGenuine({ ...sent, headers })).toBe(false);
});

it('refuses any body under a digest that is signed and not there', async () => {
  const sent = await signedBySdk({ headers: { 'x-amz-content-sha256': '' }, body: '{}' });
  const { 'x-amz-content-sha256': digest, ...headers } = sent.headers;
  expect(digest).toBe('');
  expect(await isGenuine({ ...sent, headers })).toBe(false);
});

it.each<[string, string, readonly string[], readonly string[]]>([
  ['a space', 'a b', ['prefix=a%20b', 'prefix=a+b'], ['prefix=a%2Bb', '?prefix=a%20b']],
  ['a plus sign', 'a+b', ['prefix=a%2Bb', 'prefix=a%2bb'], ['prefix=a+b', 'prefix=a%20b']],
])('%s in a query is signed as the API reads it', async (_name, prefix, same, others) => {
  const sent = await signedBySdk({ query: { prefix } });
  for (const query of same) expect([query, await isGenuine({ ...sent, query })]).toEqual([query, true]);
  for (const query of others) expect([query, await isGenuine({ ...sent, query })]).toEqual([query, false]);
});

it.each(['', 'Basic YTpi', 'Bearer x', 'AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA256 Credential=a/b/c', `AWS4-HMAC-SHA256 Credential=${SCOPE}, SignedHeaders=host, Signature=short`])('%s is no such signature', (authorization) => {
  expect(readSigV4({ ...vectors['get-vanilla']!, headers: { authorization } })).toBeUndefined();
});

it.each(['20150230', '20151301T000000Z', '2015-08-30T12:36:00Z', ''])('%s is no time', (date) => {
  expect(readSigV4({ ...vectors['get-vanilla']!, headers: { ...vectors['get-vanilla']!.headers, 'x-amz-date': date } })).toMatchObject({ signedAtMs: undefined });
});
