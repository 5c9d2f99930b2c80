import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MemoryDeps } from '../support/memory-deps.ts';
import { type GoldenRequest, goldenRequests } from '../wire/cmq/golden-requests.ts';
import { goldenHost, goldenWorld } from '../wire/cmq/golden-world.ts';
import { httpEvent, type Parts } from './http-event-of.ts';

/** The function of the address for access keys. API Gateway lets everything in there. */

const context = { getRemainingTimeInMillis: () => 29_000 } as Context;

let deps: MemoryDeps;

beforeEach(async () => {
  deps = await goldenWorld();
  vi.resetModules();
  vi.doMock('../../lambdas/dependencies.ts', () => ({ dependencies: async () => deps }));
});

afterEach(() => { vi.doUnmock('../../lambdas/dependencies.ts'); });

async function answerTo(parts: Parts) {
  const { handler } = await import('../../lambdas/queue-api.ts');
  const { statusCode, body = '' } = await handler(httpEvent(parts), context);
  return { statusCode, body: JSON.parse(body) };
}

/** As an HTTP API hands it over: what has not the type of a text comes in base64, and so does what has no type. */
function eventOf({ method, path, headers, form }: GoldenRequest, isBase64Encoded = true): Parts {
  const named = Object.fromEntries(Object.entries({ host: goldenHost, ...headers }).map(([name, value]) => [name.toLowerCase(), value]));
  if (method === 'GET') return { method, path, headers: named, query: form };
  return { method, path, headers: named, body: isBase64Encoded ? Buffer.from(form).toString('base64') : form, isBase64Encoded };
}

const rows = goldenRequests.map((request) => [request.client, request] as const);

it.each(rows)('answers a client of CMQ: %s', async (_client, request) => {
  expect(await answerTo(eventOf(request))).toMatchObject({ statusCode: 200, body: { code: 0 } });
});

it.each(rows.filter(([, { method }]) => method === 'POST'))('answers it also where its body comes as text: %s', async (_client, request) => {
  expect(await answerTo(eventOf(request, false))).toMatchObject({ statusCode: 200, body: { code: 0 } });
});

describe('what is not signed', () => {
  it.each(['/', '/v2/index.php'])('is refused in the form of CMQ at %s', async (path) => {
    expect(await answerTo({ path, query: 'Action=ListQueue' })).toMatchObject({ statusCode: 200, body: { code: 4000, message: '(10390)lacked of required parameter SecretId' } });
    expect(await answerTo({ path, query: 'Action=ListQueue&SecretId=AKIDtest&Signature=x' })).toMatchObject({ statusCode: 200, body: { code: 4100 } });
  });

  it.each(['/v1/queues', '/v1/openapi.json', '/v1/access-keys'])('is refused at %s', async (path) => {
    expect(await answerTo({ path })).toMatchObject({ statusCode: 401, body: { error: { code: 'AuthenticationFailed' } } });
  });

  it('is told that the function is alive, and nothing else', async () => {
    expect(await answerTo({ path: '/v1/health' })).toMatchObject({ statusCode: 200 });
  });
});
