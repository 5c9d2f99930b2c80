import type {
  APIGatewayEventRequestContextIAMAuthorizer, APIGatewayProxyEventV2, APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyStructuredResultV2,
} from 'aws-lambda';
import type { WireReply, WireRequest } from '../lib/protocol/wire.ts';

/** With what IAM knows of the sender where it let the request in: the health check and a test have no authorizer. */
export type HttpEvent = APIGatewayProxyEventV2 | APIGatewayProxyEventV2WithIAMAuthorizer;

/** An HTTP API's event (payload format 2.0) as the request that came over the wire. */
export function toWireRequest(event: HttpEvent, signal?: AbortSignal): WireRequest {
  const { requestContext, rawPath, rawQueryString, headers } = event;
  return {
    method: requestContext.http.method,
    path: escapePath(rawPath),
    query: rawQueryString,
    headers: lowerCaseNames(headers),
    body: toBytes(event),
    ...callerOf(requestContext),
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

function lowerCaseNames(headers: HttpEvent['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), value]]));
}

/** Who signed it, as API Gateway has checked. */
function callerOf(requestContext: HttpEvent['requestContext']): Pick<WireRequest, 'caller'> {
  // A local stand-in of AWS may leave out any of it.
  const authorizer: Partial<APIGatewayEventRequestContextIAMAuthorizer> | undefined = 'authorizer' in requestContext ? requestContext.authorizer : undefined;
  const userArn = authorizer?.iam?.userArn;
  return typeof userArn === 'string' ? { caller: userArn } : {};
}

function toBytes({ body, isBase64Encoded }: HttpEvent): Uint8Array | undefined {
  return body === undefined ? undefined : Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
}
