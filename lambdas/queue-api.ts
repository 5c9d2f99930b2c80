import middy from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { handle } from '../lib/protocol/handle.ts';
import { dependencies } from './dependencies.ts';
import { internalError, toHttpResult, toWireRequest } from './http-event.ts';

/** The HTTP API. Told to stop a second before the end of its time, it still answers. */
export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 1000 })
  .use(httpHeaderNormalizer())
  .use(httpErrorHandler({ fallbackMessage: internalError }))
  .handler(async (event, _context, { signal }) => toHttpResult(await handle(await dependencies(), toWireRequest(event, signal))));
