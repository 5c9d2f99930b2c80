import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { queueCalls } from '../../core/queue-calls.ts';
import { type GoldenRequest, goldenRequests } from './golden-requests.ts';
import { goldenHost, goldenWorld } from './golden-world.ts';
import { serving } from './served.ts';

const BODY = "a b&=+% 中文 ~!*'()/";

const serve = serving();

const world = async () => serve(await goldenWorld());

/** As bytes on a socket: no library adds a header of its own. */
async function answerTo(port: number, { method, path, headers, form }: GoldenRequest): Promise<Readonly<Record<string, unknown>>> {
  const isGet = method === 'GET';
  const lines = [
    `${method} ${path}${isGet ? `?${form}` : ''} HTTP/1.1`, `Host: ${goldenHost}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(isGet ? [] : [`Content-Length: ${Buffer.byteLength(form)}`]), '', isGet ? '' : form,
  ];
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.end(lines.join('\r\n'));
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 200 /);
  expect(head).toMatch(/content-length: \d+/i);
  return JSON.parse(body) as Readonly<Record<string, unknown>>;
}

it.each(goldenRequests.map((request) => [request.client, request] as const))('%s', async (_client, request) => {
  const { port, deps } = await world();
  const answer = await answerTo(port, request);
  expect(answer).toMatchObject({ code: 0, message: '', requestId: expect.any(String) });
  if (request.form.includes('clientRequestId=')) expect(answer['clientRequestId']).toEqual(expect.any(Number));
  const bodies = (await queueCalls(deps, 'q').receive(20)).map(({ body }) => (body.kind === 'text' ? body.text : ''));
  expect(bodies).toEqual(bodiesIn(request));
});

it('is refused in this dialect also where it is too large to be read', async () => {
  const { port } = await world();
  const socket = connect(port, '127.0.0.1');
  socket.write(`POST /v2/index.php HTTP/1.1\r\nHost: ${goldenHost}\r\nContent-Length: 100000000\r\n\r\n`);
  const chunk = String(await new Promise((resolve) => { socket.once('data', resolve); }));
  socket.destroy();
  expect(chunk).toMatch(/^HTTP\/1\.1 200 /);
  expect(chunk).toContain('"code":4000,"message":"(10420)cannot parse body, or request size is more than 1MB"');
});

/** What must have come into the queue `q`, in this order. */
function bodiesIn({ form }: GoldenRequest): readonly string[] {
  if (!form.includes('SendMessage')) return [];
  if (form.includes('msgBody.0')) return Array.from({ length: 12 }, (_, at) => `m${at}`);
  if (form.includes('msgBody.1')) return ['@home', BODY];
  return [form.includes('home') ? '@home' : BODY];
}
