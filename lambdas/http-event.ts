import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { WireReply, WireRequest } from '../lib/protocol/wire.ts';

/** An HTTP API's event (payload format 2.0) as the request that came over the wire. */
export function toWireRequest(event: APIGatewayProxyEventV2, signal?: AbortSignal): WireRequest {
  const { requestContext, rawPath, rawQueryString, headers } = event;
  return {
    method: requestContext.http.method,
    path: escapePath(rawPath),
    query: rawQueryString,
    headers: lowerCaseNames(headers),
    body: toBytes(event),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** The reply as an HTTP API wants it. */
export const toHttpResult = ({ status, headers, body }: WireReply): APIGatewayProxyStructuredResultV2 =>
  ({ statusCode: status, headers: { ...headers }, body });

/** Answer of last resort, in the shape of every error, for a fault that even the handler did not foresee. */
export const internalError = JSON.stringify({ error: { code: 'InternalError', message: 'internal error' } });

/**
 * An HTTP API hands over its "raw" path decoded, all but `%25`. Whatever could not stand in an
 * encoded path is encoded again, so that the handler reads the same path as from any other server.
 */
const escapePath = (path: string): string =>
  path.replaceAll(/%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]+/gu, (part) => encodeURIComponent(Buffer.from(part).toString()));

function lowerCaseNames(headers: APIGatewayProxyEventV2['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), value]]));
}

function toBytes({ body, isBase64Encoded }: APIGatewayProxyEventV2): Uint8Array | undefined {
  return body === undefined ? undefined : Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
}
