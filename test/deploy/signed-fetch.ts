import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import type { LocalAws } from './local-aws.ts';

/** What these tests read of the answers of all operations. */
export interface Answer {
  readonly openapi?: string;
  readonly error?: { readonly code: string };
  readonly counts?: { readonly ready: number };
  readonly redriveId?: string;
  readonly rewindId?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  /** Of an answer in the form of CMQ. */
  readonly code?: number;
  readonly delivery?: { readonly secret?: string };
  readonly messages?: readonly { readonly body: string; readonly receiptHandle: string }[];
}

export interface Reply {
  readonly status: number;
  readonly body: Answer;
}

export type Call = (method: string, path: string, body?: unknown) => Promise<Reply>;

/**
 * A caller that signs every request with IAM credentials, as API Gateway asks of every caller on AWS, or with an access
 * key. What an emulator has in front of a path is not part of it to the function, and not signed.
 */
export function signedFetch({ region, credentials }: Pick<LocalAws, 'region' | 'credentials'>, baseUrl: string): Call {
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Hash.bind(null, 'sha256') });
  return async (method, path, body) => {
    const url = new URL(baseUrl + path);
    const payload = body === undefined ? {} : { body: JSON.stringify(body) };
    const { headers } = await signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      port: Number(url.port),
      path: new URL(path, baseUrl).pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host, 'content-type': 'application/json' },
      ...payload,
    });
    return readReply(await fetch(url, { method, headers, ...payload }));
  };
}

/** A caller without credentials. */
export const unsignedFetch = (baseUrl: string): Call => async (method, path) =>
  readReply(await fetch(baseUrl + path, { method }));

async function readReply(response: Response): Promise<Reply> {
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
}
