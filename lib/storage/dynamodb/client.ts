import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { watchAttempts } from './faults.ts';

/** Where the table is. What is absent the SDK finds by itself, as it does in Lambda. */
export interface TableEndpoint {
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** All attempts together stay below the shortest time that a gateway waits for us. */
const ATTEMPTS_MAX = 4;
const CONNECTION_TIMEOUT_MS = 1000;
const REQUEST_TIMEOUT_MS = 4000;
const SOCKETS_MAX = 256;

/** A client that keeps its connections, repeats with jitter within a bound, and does not wait for ever. */
export function dynamoDbClient(endpoint: TableEndpoint = {}): DynamoDBClient {
  const agent = { keepAlive: true, maxSockets: SOCKETS_MAX };
  const client = new DynamoDBClient({
    ...endpoint,
    retryMode: 'standard',
    maxAttempts: ATTEMPTS_MAX,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    }),
  });
  watchAttempts(client);
  return client;
}
