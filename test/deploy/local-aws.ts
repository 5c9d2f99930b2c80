/** An AWS-compatible endpoint on this machine, with credentials that are good for nothing else. */
export interface LocalAws {
  readonly endpoint: string;
  readonly s3Endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * The endpoint that the environment names. The credentials are always dummies, so that this can
 * never reach a real account, whatever else the environment holds.
 */
export function localAws(environment: NodeJS.ProcessEnv = process.env): LocalAws {
  const endpoint = environment['AWS_ENDPOINT_URL'];
  if (!endpoint) throw new Error('test:deploy needs AWS_ENDPOINT_URL, the address of MiniStack or LocalStack');
  return {
    endpoint: withoutSlash(endpoint),
    s3Endpoint: withoutSlash(environment['AWS_ENDPOINT_URL_S3'] ?? endpoint),
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
}

/** What the CDK CLI needs in its environment to work against it. */
export function environmentFor({ endpoint, s3Endpoint, region, credentials }: LocalAws): NodeJS.ProcessEnv {
  const { AWS_PROFILE: _profile, AWS_SESSION_TOKEN: _token, ...inherited } = process.env;
  return {
    ...inherited,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: s3Endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    CI: 'true',
  };
}

/**
 * Where an HTTP API can be called here. The stack's output names a host that only AWS, or nobody,
 * resolves; its first label is the API's id. LocalStack serves `<id>.execute-api.<its own domain>`;
 * by any other name an emulator is asked by path, which needs no name resolution at all.
 */
export function invokeUrl(aws: LocalAws, apiUrl: string): string {
  return isLocalStack(aws)
    ? `${new URL(aws.endpoint).protocol}//${invokeHost(aws, apiUrl)}`
    : `${aws.endpoint}/_aws/execute-api/${apiIdOf(apiUrl)}/$default`;
}

/** Its host by that name, for who signs the path as well. Nobody else may resolve it: connections go to the endpoint. */
export function invokeHost(aws: LocalAws, apiUrl: string): string {
  const { port } = new URL(aws.endpoint);
  return `${apiIdOf(apiUrl)}.execute-api.${isLocalStack(aws) ? 'localhost.localstack.cloud' : 'localhost'}:${port || '4566'}`;
}

const isLocalStack = ({ endpoint }: LocalAws): boolean => new URL(endpoint).hostname.endsWith('localhost.localstack.cloud');

const apiIdOf = (apiUrl: string): string => new URL(apiUrl).hostname.split('.')[0] ?? '';

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');
