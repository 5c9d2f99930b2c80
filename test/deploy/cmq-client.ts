import { Agent } from 'node:http';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { invokeHost, type LocalAws } from './local-aws.ts';

export type CmqAnswer = Readonly<Record<string, unknown>> & { readonly code: number; readonly message: string };
export type CmqCall = (data: object) => Promise<CmqAnswer>;

type Done = (error: Error | null, body: CmqAnswer) => void;
type QcloudApi = new (defaults: object) => { request(data: object, options: object, done: Done, extra: object): void };

const Api = createRequire(import.meta.url)('qcloudapi-sdk') as QcloudApi;

/** The npm package `qcloudapi-sdk`, unmodified, pointed at the address for access keys. */
export function cmqClient(aws: LocalAws, accessKeysUrl: string, settings: object): CmqCall {
  const { hostname, port } = new URL(aws.endpoint);
  // Where the name of the API resolves nowhere, its connections are led to the endpoint.
  const agent = Object.assign(new Agent(), { createConnection: () => connect(Number(port || 80), hostname) });
  const options = { protocol: 'http', host: invokeHost(aws, accessKeysUrl), Region: 'gz', ...settings };
  const api = new Api(options);
  return (data) => new Promise((resolve, reject) => {
    api.request(data, options, (error, body) => (error ? reject(error) : resolve(body)), { agent });
  });
}
