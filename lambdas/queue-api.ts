import withMiddleware from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { answer, outOfTime } from './answer.ts';
import { internalError, toHttpResult, toWireRequest } from './http-event.ts';

/** The HTTP API. A second before the end of its time the request is told to stop, and still answered. */
export const handler = withMiddleware<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({
  timeoutEarlyInMillis: 1000,
  // It is not told of which request: the answer is put in behind.
  timeoutEarlyResponse: () => undefined,
})
  .use(httpHeaderNormalizer())
  .use(httpErrorHandler({ fallbackMessage: internalError }))
  .after((request) => { request.response ??= toHttpResult(outOfTime(request.event.rawPath)); })
  .handler(async (event, _context, { signal }) => toHttpResult(await answer(toWireRequest(event, signal))));
