import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { httpEvent } from './http-event-of.ts';

// What the handler asks of a context: how long it has.
const contextWith = (remainingMs: number) => ({ getRemainingTimeInMillis: () => remainingMs }) as Context;

beforeEach(() => {
  vi.resetModules();
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.stubEnv('AWS_REGION', 'us-east-1');
});

afterEach(() => vi.unstubAllEnvs());

async function answerOf(path: string, remainingMs = 29_000) {
  const { handler } = await import('../../lambdas/queue-api.ts');
  const { statusCode, headers, body = '' } = await handler(httpEvent({ path }), contextWith(remainingMs));
  return { statusCode, headers, body: JSON.parse(body) };
}

function deployWithoutTable(): void {
  vi.stubEnv('REWINDMQ_TABLE', 'messages');
  vi.stubEnv('REWINDMQ_BUCKET', 'archive');
  // Port 9, "discard": nobody listens there.
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9');
}

it('asks the caller to try again when the table cannot be reached', async () => {
  deployWithoutTable();
  const { statusCode, headers, body } = await answerOf('/v1/queues');
  expect({ statusCode, retryAfter: headers?.['retry-after'] }).toEqual({ statusCode: 503, retryAfter: expect.stringMatching(/^\d+$/) });
  expect(body.error.code).toEqual(expect.any(String));
});

it('answers while there is still time to, also a request that is not done', async () => {
  deployWithoutTable();
  const { statusCode, body } = await answerOf('/v1/queues', 1000);
  expect(statusCode).toBe(503);
  expect(body.error.message).toMatch(/in time|try again|later|unavailable/i);
});

it.each(['/', '/v2/index.php'])('answers a request to %s in the form of CMQ then', async (path) => {
  deployWithoutTable();
  const { statusCode, body } = await answerOf(path, 1000);
  expect(statusCode).toBe(200);
  expect(body).toEqual({ code: 6000, message: '(10050)server internal error', requestId: expect.any(String) });
});

it('answers in the shape of every error when it was deployed without its settings, and tells nothing', async () => {
  vi.stubEnv('REWINDMQ_TABLE', '');
  const { statusCode, body } = await answerOf('/v1/queues');
  expect({ statusCode, code: body.error.code }).toEqual({ statusCode: 500, code: 'InternalError' });
  expect(JSON.stringify(body)).not.toContain('REWINDMQ');
});
