import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { memoryDeps } from '../../support/memory-deps.ts';
import { serving } from './served.ts';

/** The npm package `qcloudapi-sdk`, unmodified, against the local server's gateway with signatures checked. */

type Answer = Readonly<Record<string, unknown>> & { readonly code: number };
type Done = (error: Error | null, body: Answer) => void;
type QcloudApi = new (defaults: object) => { request(data: object, done: Done): void };

const Api = createRequire(import.meta.url)('qcloudapi-sdk') as QcloudApi;

const serve = serving();

async function client(options: { readonly method?: string; readonly signatureMethod?: string; readonly SecretKey?: string; readonly path?: string } = {}) {
  const deps = memoryDeps();
  // Its own clock says when a request was signed.
  deps.clock.advance(Date.now() - deps.clock.now());
  const { port } = await serve({ ...deps, authentication: { administrator: { id: 'AKIDtest', secret: 'testsecret' } } });
  const api = new Api({ SecretId: 'AKIDtest', SecretKey: 'testsecret', Region: 'gz', protocol: 'http', host: `127.0.0.1:${port}`, ...options });
  return (data: object) => new Promise<Answer>((resolve, reject) => {
    api.request(data, (error, body) => (error ? reject(error) : resolve(body)));
  });
}

it.each([
  { method: 'POST', signatureMethod: 'sha1' }, { method: 'POST', signatureMethod: 'sha256' }, { method: 'GET', signatureMethod: 'sha1' },
  { method: 'POST', path: '/' },
])('sends, receives and deletes with %j', async (options) => {
  const call = await client(options);
  expect(await call({ Action: 'CreateQueue', queueName: 'q' })).toMatchObject({ code: 0 });
  expect(await call({ Action: 'BatchSendMessage', queueName: 'q', msgBody: ['@left out of the signature', 'a b+c&d=e%f', '中文 ~!*\'()'] })).toMatchObject({ code: 0, msgList: [{}, {}, {}] });
  const { msgInfoList } = await call({ Action: 'BatchReceiveMessage', queueName: 'q', numOfMsg: 16 });
  const messages = msgInfoList as readonly { readonly msgBody: string; readonly receiptHandle: string }[];
  expect(messages.map(({ msgBody }) => msgBody)).toEqual(['@left out of the signature', 'a b+c&d=e%f', '中文 ~!*\'()']);
  expect(await call({ Action: 'BatchDeleteMessage', queueName: 'q', receiptHandle: messages.map(({ receiptHandle }) => receiptHandle) })).toMatchObject({ code: 0 });
  expect(await call({ Action: 'ReceiveMessage', queueName: 'q' })).toMatchObject({ code: 7000, message: '(10200)no message' });
});

it('is refused with another secret', async () => {
  const call = await client({ SecretKey: 'other' });
  expect(await call({ Action: 'ListQueue' })).toMatchObject({ code: 4100, message: '(10030)authentication failed' });
});
