import { expect, it } from 'vitest';
import { createQueue } from '../../../lib/core/queue/create-queue.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { rawRequest } from '../../local/support/raw-request.ts';
import { serving } from './served.ts';

const serve = serving();

it('takes a message of 1 MiB, each byte of it escaped, by GET', async () => {
  const deps = memoryDeps();
  await createQueue(deps, { name: 'q', settings: {} });
  const { port } = await serve(deps);
  const query = `Action=SendMessage&queueName=q&msgBody=${'%25'.repeat(1024 * 1024)}`;
  const answer = await rawRequest(`http://127.0.0.1:${port}`, `GET /?${query} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(answer).toContain('"code":0');
});

it.each(['/', '/v2/index.php'])('answers a method that is none in the form of the dialect at %s', async (path) => {
  const { port } = await serve();
  const answer = await rawRequest(`http://127.0.0.1:${port}`, `BREW ${path}?Action=ListQueue HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(answer).toContain('"code":4000');
});
