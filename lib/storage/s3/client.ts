import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** Where the bucket is. What is absent the SDK finds by itself, as it does in Lambda. */
export interface BucketEndpoint {
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The bucket in the path instead of the host name: what stand-ins for S3 on one machine need. */
  readonly forcePathStyle?: boolean;
}

const ATTEMPTS_MAX = 4;
const CONNECTION_TIMEOUT_MS = 1000;
/** An object is at most a few megabytes. */
const REQUEST_TIMEOUT_MS = 10_000;
const SOCKETS_MAX = 128;

/** A client that keeps its connections, repeats with jitter within a bound, and does not wait for ever. */
export function s3Client(endpoint: BucketEndpoint = {}): S3Client {
  const agent = { keepAlive: true, maxSockets: SOCKETS_MAX };
  return new S3Client({
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
}
