import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../../lib/core/errors.ts';
import { dynamoDbClient } from '../../../lib/storage/dynamodb/client.ts';
import { dynamoDbItemTable } from '../../../lib/storage/dynamodb/item-table.ts';
import type { ItemTable } from '../../../lib/storage/items/item-table.ts';
import { freePort } from '../../support/table-engines.ts';

type Answer = (response: ServerResponse) => void;

const error = (status: number, name: string): Answer => (response) => {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'injected' }));
};
const throttled = error(400, 'ProvisionedThroughputExceededException');
const broken = error(500, 'InternalServerError');
const hangUp: Answer = (response) => { response.destroy(); };
const landed: Answer = (response) => { response.end('{}'); };

/** A table whose engine answers what the test says, one answer an attempt; the last one again and again. */
let answers: Answer[];
let attempts: number;
let server: Server;

beforeEach(async () => {
  attempts = 0;
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      answers[Math.min(attempts, answers.length - 1)]!(response);
      attempts += 1;
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function tableAt(port: number): ItemTable {
  const client = dynamoDbClient({ endpoint: `http://127.0.0.1:${port}`, region: 'x', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  // The same number of attempts, without the pauses between them.
  client.config.retryStrategy = async () => new ConfiguredRetryStrategy(4, 0);
  return dynamoDbItemTable({ client, tableName: 't' });
}

function put(): Promise<unknown> {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return tableAt(address.port).put({ pk: 'p', sk: 's', a: 1 }, { kind: 'itemAbsent' });
}

describe('faults of the table', () => {
  it.each(['ProvisionedThroughputExceededException', 'RequestLimitExceeded', 'ThrottlingException'])('%s in every attempt: refused', async (name) => {
    answers = [error(400, name)];
    await expect(put()).rejects.toMatchObject({ name: 'StoreUnavailable', outcome: 'refused', cause: { name } });
    expect(attempts).toBe(4);
  });

  it.each([
    ['a server that fails', [broken]],
    ['a connection that breaks', [hangUp]],
    ['throttling after an attempt that may have landed', [hangUp, throttled]],
    ['a failing server after throttling', [throttled, broken]],
  ])('%s: unknown', async (_, scripted) => {
    answers = scripted;
    await expect(put()).rejects.toMatchObject({ name: 'StoreUnavailable', outcome: 'unknown', cause: expect.any(Error) });
    expect(attempts).toBe(4);
  });

  it('nobody listening: unknown', async () => {
    const failed = tableAt(await freePort()).get({ pk: 'p', sk: 's' }, { consistent: true });
    await expect(failed).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(failed).rejects.toMatchObject({ outcome: 'unknown', cause: { code: 'ECONNREFUSED' } });
  });

  it('is silent about what went well in the end', async () => {
    answers = [throttled, broken, landed];
    expect(await put()).toEqual({ kind: 'landed', before: undefined });
    expect(attempts).toBe(3);
  });

  it.each(['ValidationException', 'ResourceNotFoundException', 'AccessDeniedException'])('%s is our mistake: thrown as it is, at once', async (name) => {
    answers = [error(400, name)];
    await expect(put()).rejects.toMatchObject({ name });
    expect(attempts).toBe(1);
  });
});
