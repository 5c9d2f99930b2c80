import { describe, expect, inject, it } from 'vitest';
import { cmqClient } from './cmq-client.ts';
import { invokeUrl, localAws } from './local-aws.ts';
import { signedFetch, unsignedFetch } from './signed-fetch.ts';

/** Issued through the address behind IAM, used at the other one: two functions, and a key of KMS between them. */
describe('access keys of the deployed stacks', () => {
  const aws = localAws();
  const { apiUrl, accessKeysUrl } = inject('deployment');
  const administer = signedFetch(aws, invokeUrl(aws, apiUrl));
  const keyedUrl = invokeUrl(aws, accessKeysUrl);

  async function issue(scope: object = {}) {
    const { status, body: { accessKeyId = '', secretAccessKey = '' } } = await administer('POST', '/v1/access-keys', scope);
    expect({ status, accessKeyId }).toEqual({ status: 201, accessKeyId: expect.stringMatching(/^AKID/) });
    return { accessKeyId, secretAccessKey };
  }

  const holderOf = (credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }) => signedFetch({ region: 'us-east-1', credentials }, keyedUrl);

  it('are good for the native API, signed as for AWS', async () => {
    const call = holderOf(await issue({ names: ['keyed-*'] }));
    expect(await call('PUT', '/v1/queues/keyed-orders', {})).toMatchObject({ status: 201 });
    expect(await call('POST', '/v1/queues/keyed-orders/messages', { entries: [{ body: 'grüße' }] })).toMatchObject({ status: 200, body: { failed: 0 } });
    const received = await call('POST', '/v1/queues/keyed-orders/receive', { waitSeconds: 5 });
    expect(received.body.messages).toMatchObject([{ body: 'grüße' }]);
    expect(await call('GET', '/v1/queues?prefix=keyed-&limit=10')).toMatchObject({ status: 200 });
  });

  it('are for what they were issued for: nothing else, and no access keys', async () => {
    const call = holderOf(await issue({ names: ['keyed-*'], operations: ['read'] }));
    for (const [method, path] of [['PUT', '/v1/queues/keyed-other'], ['GET', '/v1/queues/other'], ['POST', '/v1/access-keys'], ['GET', '/v1/access-keys']] as const) {
      expect(await call(method, path, method === 'GET' ? undefined : {})).toMatchObject({ status: 403, body: { error: { code: 'AccessDenied' } } });
    }
  });

  it.each([
    { method: 'POST', signatureMethod: 'sha1' }, { method: 'POST', signatureMethod: 'sha256' }, { method: 'GET', signatureMethod: 'sha1' }, { method: 'POST', path: '/' },
  ])('are good for clients of CMQ, with %j', async (settings) => {
    const { accessKeyId, secretAccessKey } = await issue();
    const call = cmqClient(aws, accessKeysUrl, { SecretId: accessKeyId, SecretKey: secretAccessKey, ...settings });
    const queueName = `cmq-${accessKeyId}`;
    expect(await call({ Action: 'CreateQueue', queueName })).toMatchObject({ code: 0 });
    expect(await call({ Action: 'SendMessage', queueName, msgBody: "a b+c&d=e%f 中文 ~!*'()" })).toMatchObject({ code: 0 });
    const received = await call({ Action: 'ReceiveMessage', queueName, pollingWaitSeconds: 5 });
    expect(received).toMatchObject({ code: 0, msgBody: "a b+c&d=e%f 中文 ~!*'()" });
    expect(await call({ Action: 'DeleteMessage', queueName, receiptHandle: received['receiptHandle'] })).toMatchObject({ code: 0 });
    expect(await call({ Action: 'ReceiveMessage', queueName })).toMatchObject({ code: 7000 });
  });

  it('are asked for at their address, also of who has credentials of AWS', async () => {
    const unsigned = unsignedFetch(keyedUrl);
    expect(await unsigned('GET', '/v1/health')).toMatchObject({ status: 200 });
    expect(await unsigned('GET', '/v1/queues')).toMatchObject({ status: 401, body: { error: { code: 'AuthenticationFailed' } } });
    expect(await signedFetch(aws, keyedUrl)('GET', '/v1/queues')).toMatchObject({ status: 401 });
    for (const path of ['/', '/v2/index.php']) {
      expect(await unsigned('GET', `${path}?Action=ListQueue`)).toMatchObject({ status: 200, body: { code: 4000 } });
    }
  });

  it('are refused with another secret, in the words of the dialect', async () => {
    const { accessKeyId } = await issue();
    expect(await holderOf({ accessKeyId, secretAccessKey: 'other' })('GET', '/v1/queues')).toMatchObject({ status: 401 });
    expect(await cmqClient(aws, accessKeysUrl, { SecretId: accessKeyId, SecretKey: 'other' })({ Action: 'ListQueue' })).toMatchObject({ code: 4100 });
  });

  it('are refused everywhere within seconds after they were revoked', async () => {
    const credentials = await issue();
    const call = holderOf(credentials);
    const statusOf = async () => (await call('GET', '/v1/queues')).status;
    expect(await statusOf()).toBe(200);
    expect(await administer('DELETE', `/v1/access-keys/${credentials.accessKeyId}`)).toMatchObject({ status: 200 });
    await expect.poll(statusOf, { timeout: 15_000, interval: 500 }).toBe(401);
  });
});
