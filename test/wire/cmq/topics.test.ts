import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { serverProcesses } from '../../local/support/server-process.ts';
import { cmqSdk } from './cmq-sdk.ts';

/** The npm package `cmq-sdk` against `npm start`, whose jobs push. */

const { start } = serverProcesses();
const sdk = cmqSdk();

interface Got {
  readonly request: IncomingMessage;
  readonly body: string;
}

/** A receiver of notifications: the first one. */
async function receiver(): Promise<{ readonly endpoint: string; readonly first: Promise<Got> }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const first = new Promise<Got>((resolve) => {
    server.on('request', (request, response) => {
      void text(request).then((body) => {
        response.end('ok');
        server.close();
        resolve({ request, body });
      });
    });
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, first };
}

it('publishes to a queue by its tag, and to an endpoint as the original does', async () => {
  const client = sdk(Number(new URL((await start('--memory')).url).port));
  const { endpoint, first } = await receiver();
  await client['createQueue']!({ queueName: 'paid' });
  await client['createTopic']!({ topicName: 'orders' });
  expect(await client['subscribe']!({ topicName: 'orders', subscriptionName: 'paid', protocol: 'queue', endpoint: 'paid', notifyContentFormat: 'SIMPLIFIED', filterTag: ['paid'] }))
    .toMatchObject({ code: 0, subscriptionId: expect.any(String) });
  expect(await client['subscribe']!({ topicName: 'orders', subscriptionName: 'pushed', protocol: 'http', endpoint })).toMatchObject({ code: 0 });

  const { msgId } = await client['publishMessage']!({ topicName: 'orders', msgBody: 'one 中', msgTag: ['paid', 'eu'] });
  expect(await client['receiveMessage']!({ queueName: 'paid', pollingWaitSeconds: 10 })).toMatchObject({ code: 0, msgBody: 'one 中' });
  const { request, body } = await first;
  expect(request).toMatchObject({
    method: 'POST', url: '/hook',
    headers: {
      'content-type': 'text/plain', 'user-agent': 'Qcloud Notification Service Agent',
      'x-cmq-message-id': msgId, 'x-cmq-message-tag': 'paid, eu', 'x-cmq-request-id': expect.any(String),
    },
  });
  expect(JSON.parse(body)).toEqual({ TopicOwner: 0, topicName: 'orders', subscriptionName: 'pushed', msgId, msgBody: 'one 中', publishTime: expect.any(Number) });
});
