import type { APIGatewayProxyEventV2, APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';

/** What differs from one event to another. */
export interface Parts {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Record<string, string | undefined>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** An event as API Gateway sends it to a `$default` stage, payload format 2.0. */
export function httpEvent({ method = 'GET', path = '/', query = '', headers = {}, body, isBase64Encoded = false }: Parts): APIGatewayProxyEventV2 {
  return {
    version: '2.0',
    routeKey: 'ANY /{proxy+}',
    rawPath: path,
    rawQueryString: query,
    headers,
    isBase64Encoded,
    ...(body === undefined ? {} : { body }),
    requestContext: {
      accountId: '123456789012', apiId: 'a1b2c3', domainName: 'a1b2c3.execute-api.eu-west-1.amazonaws.com',
      domainPrefix: 'a1b2c3', requestId: 'id', routeKey: 'ANY /{proxy+}', stage: '$default',
      time: '21/Nov/2026:03:00:00 +0000', timeEpoch: 1_795_230_000_000,
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'curl' },
    },
  };
}

/** The same where IAM has let somebody in. */
export function signedHttpEvent(parts: Parts, userArn: string): APIGatewayProxyEventV2WithIAMAuthorizer {
  const event = httpEvent(parts);
  const iam = { accessKey: 'AKIA', accountId: '123456789012', callerId: 'AIDA', cognitoIdentity: null, principalOrgId: 'o-1', userArn, userId: 'AIDA' };
  return { ...event, requestContext: { ...event.requestContext, authorizer: { iam } } };
}
