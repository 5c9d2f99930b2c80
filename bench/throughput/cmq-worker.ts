import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { lineSupply } from '../log-lines.ts';
import type { LoadTask, Worker } from './broker.ts';

/** The key pair that requests are signed with; a server that knows it checks them. */
const key = { id: 'AKIDbench', secret: 'bench' } as const;

const PATH = '/v2/index.php';
const NO_MESSAGE = 7000;

interface Answer {
  readonly code: number;
  readonly message: string;
  readonly msgInfoList?: readonly { readonly receiptHandle: string }[];
}

type Fields = Readonly<Record<string, string | number>>;

/** The same as the native worker, as a client of CMQ does it. */
export function cmqWorker({ target, queue, role, batch }: LoadTask, seed: number): Worker {
  const client = cmqClient(target.url);
  const nextBody = lineSupply(seed);
  const produce = async (): Promise<number> => {
    const bodies = Array.from({ length: batch }, (_, at) => [`msgBody.${at}`, nextBody()] as const);
    await client.call('BatchSendMessage', { queueName: queue, ...Object.fromEntries(bodies) });
    return batch;
  };
  const consume = async (): Promise<number> => {
    const { msgInfoList = [] } = await client.call('BatchReceiveMessage', { queueName: queue, numOfMsg: batch, pollingWaitSeconds: 1 });
    if (msgInfoList.length === 0) return 0;
    const handles = msgInfoList.map(({ receiptHandle }, at) => [`receiptHandle.${at}`, receiptHandle] as const);
    await client.call('BatchDeleteMessage', { queueName: queue, ...Object.fromEntries(handles) });
    return msgInfoList.length;
  };
  return { once: role === 'produce' ? produce : consume, close: async () => client.close() };
}

function cmqClient(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { host, hostname, port } = new URL(url);
  return {
    async call(action: string, fields: Fields): Promise<Answer> {
      const body = Buffer.from(signedForm(host, { Action: action, ...fields }));
      const answer = JSON.parse(await post({ agent, hostname, port, method: 'POST', path: PATH, headers: { 'content-length': body.byteLength } }, body)) as Answer;
      if (answer.code !== 0 && answer.code !== NO_MESSAGE) throw new Error(`${action} answered ${answer.code}: ${answer.message}`);
      return answer;
    },
    close: () => agent.destroy(),
  };
}

let nonce = 0;

function signedForm(host: string, fields: Fields): string {
  nonce += 1;
  const all: Fields = { ...fields, SecretId: key.id, Nonce: nonce, Timestamp: Math.floor(Date.now() / 1000), SignatureMethod: 'HmacSHA256' };
  const pairs = Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = `POST${host}${PATH}?${pairs.map((pair) => pair.join('=')).join('&')}`;
  const signature = createHmac('sha256', key.secret).update(text).digest('base64');
  return [...pairs, ['Signature', signature] as const].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
}

const post = (options: object, body: Buffer) => new Promise<string>((resolve, reject) => {
  const sent = request(options, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.once('error', reject);
    response.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
  sent.once('error', reject);
  sent.end(body);
});
