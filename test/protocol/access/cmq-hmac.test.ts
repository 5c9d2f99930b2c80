import { createHmac } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { parseForm } from '../../../lib/protocol/cmq/form.ts';
import { isSigned, type SignedRequest, textsToSign } from '../../../lib/protocol/access/cmq-hmac.ts';

/** The vectors of the original, signed with `testsecret`. */
const common = 'Nonce=12345&SecretId=AKIDtest&Timestamp=1700000000&queueName=q1&delaySeconds=0';

const vectors = [
  ['SHA-1', `${common}&Action=SendMessage&RequestClient=SDK_Python_1.3&SignatureMethod=HmacSHA1&msgBody=hello+%26%3D%2B%25+%E4%B8%AD%E6%96%87`, '/v2/index.php', 'oiHtDnZtSyz6j0QaYABk8p4DNBA='],
  ['SHA-256', `${common}&Action=SendMessage&RequestClient=SDK_Python_1.3&SignatureMethod=HmacSHA256&msgBody=hello%20%26%3D%2B%25%20%E4%B8%AD%E6%96%87`, '/v2/index.php', 'q05ZGwd8MZaOWWIEA7iYcotl4/x/RBNxpcgzf84w3Dc='],
  ['a list', `${common}&Action=BatchSendMessage&SignatureMethod=HmacSHA1&msgBody.0=a&msgBody.1=b&msgBody.10=k&msgBody.2=c`, '/', 'wR1uFjpfcaAJtr2JkdsQ4YhMCNo='],
] as const;

const request = (form: string, signature: string, own: Partial<SignedRequest> = {}): SignedRequest =>
  ({ method: 'POST', host: '127.0.0.1:9000', path: '/', form: parseForm(`${form}&Signature=${encodeURIComponent(signature)}`), ...own });

const sign = (text: string, algorithm = 'sha1'): string => createHmac(algorithm, 'testsecret').update(text).digest('base64');

describe('the vectors', () => {
  it.each(vectors)('%s', (_name, form, path, signature) => {
    expect(isSigned(request(form, signature, { path }), 'testsecret')).toBe(true);
    expect(isSigned(request(form, signature, { path }), 'testsecreT')).toBe(false);
    expect(isSigned(request(form, signature, { path, method: 'GET' }), 'testsecret')).toBe(false);
    expect(isSigned(request(form, signature, { path, host: '127.0.0.1:9001' }), 'testsecret')).toBe(false);
    expect(isSigned(request(`${form}&more=1`, signature, { path }), 'testsecret')).toBe(false);
  });
});

describe('what clients do differently', () => {
  it.each([
    ['mq.example.com', 'mq.example.com:80'], ['mq.example.com', 'mq.example.com:443'],
    ['mq.example.com:443', 'mq.example.com'], ['mq.example.com:80', 'mq.example.com'],
  ])('the header says %s and the text %s', (host, signed) => {
    expect(isSigned(request('Action=A', sign(`POST${signed}/?Action=A`), { host }), 'testsecret')).toBe(true);
  });

  it('no other port is taken for another', () => {
    expect(isSigned(request('Action=A', sign('POSTmq.example.com/?Action=A'), { host: 'mq.example.com:8080' }), 'testsecret')).toBe(false);
  });

  it.each(['POST127.0.0.1:9000/?a=1&b=@x', 'POST127.0.0.1:9000/?a=1'])('of a POST, what begins with @ may be left out: %s', (text) => {
    expect(isSigned(request('b=%40x&a=1', sign(text)), 'testsecret')).toBe(true);
  });

  it.each([['SDK_Python_1.3', true], ['SDK_PHP_1.3', true], ['SDK_NODEJS_0.2.1', true], ['SDK_JAVA_1.3', false], ['SDK_GO_1.2.0', false], ['SDK_CPP_1.3', false], ['another', false]])(
    'if it comes from a client that does so: %s', (client, mayLeaveOut) => {
      const form = `RequestClient=${client}&b=%40x`;
      expect(isSigned(request(form, sign(`POST127.0.0.1:9000/?RequestClient=${client}`)), 'testsecret')).toBe(mayLeaveOut);
      expect(isSigned(request(form, sign(`POST127.0.0.1:9000/?RequestClient=${client}&b=@x`)), 'testsecret')).toBe(true);
    });

  it('of a GET, nothing may', () => {
    expect(isSigned(request('b=%40x&a=1', sign('GET127.0.0.1:9000/?a=1'), { method: 'GET' }), 'testsecret')).toBe(false);
    expect(isSigned(request('b=%40x&a=1', sign('GET127.0.0.1:9000/?a=1&b=@x'), { method: 'GET' }), 'testsecret')).toBe(true);
  });

  it.each([['HmacSHA256', 'sha256'], ['sha256', 'sha256'], ['HmacSHA1', 'sha1'], ['sha1', 'sha1'], ['md5', 'sha1']])('%s is %s', (method, algorithm) => {
    const form = `SignatureMethod=${method}`;
    expect(isSigned(request(form, sign(`POST127.0.0.1:9000/?${form}`, algorithm)), 'testsecret')).toBe(true);
  });

  it('sorts by bytes, and only then takes underscores for dots', () => {
    expect(textsToSign({ method: 'POST', host: 'h:1', path: '/', form: parseForm('x_b=1&x.2=2&x.10=3&b=&Z=4') })).toEqual(['POSTh:1/?Z=4&b=&x.10=3&x.2=2&x.b=1']);
  });
});

it.each([['sha1', 32], ['sha256', 20], ['sha1', 3]])('a signature by %s has not %d bytes: then nothing is computed', (method, bytes) => {
  const { form, ...rest } = request(`SignatureMethod=${method}`, Buffer.alloc(bytes, 1).toString('base64'));
  const read = vi.spyOn(form, 'keys');
  expect(isSigned({ ...rest, form }, 'testsecret')).toBe(false);
  expect(read).not.toHaveBeenCalled();
});

it.each(['', 'x', 'not base64 at all', 'oiHtDnZtSyz6j0QaYABk8p4DNBA'])('is not signed by %j', (signature) => {
  expect(isSigned(request('Action=A', signature), 'testsecret')).toBe(false);
});
