import { createHash } from 'node:crypto';
import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import type { WireRequest } from '../wire.ts';
import type { Signed } from './authenticate.ts';
import { equalInConstantTime } from './constant-time.ts';

/** What stands in the `Authorization` header. */
interface Authorization {
  readonly keyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** In lower case. */
  readonly signedHeaders: readonly string[];
  /** 64 hexadecimal digits. */
  readonly signature: string;
}

/**
 * AWS Signature Version 4 in the `Authorization` header (AWS, "Create a signed AWS API request"), over method, path,
 * query, body, and at least the headers `host` and `x-amz-date`. Region and service may be any: clients are made
 * for those of others. Undefined: it is not signed so.
 */
export function readSigV4(request: WireRequest): Signed | undefined {
  const authorization = readAuthorization(request.headers['authorization'] ?? '');
  if (!authorization) return undefined;
  const signedAtMs = readTime(request.headers['x-amz-date'] ?? '');
  return {
    keyId: authorization.keyId,
    signedAtMs,
    async isSignedWith(secret) {
      if (signedAtMs === undefined || !isComplete(request, authorization)) return false;
      const wanted = await signAgain(request, authorization, { secret, signedAtMs });
      return equalInConstantTime(Buffer.from(wanted), Buffer.from(authorization.signature));
    },
  };
}

const form = /^AWS4-HMAC-SHA256 +Credential=([^/\s,]{1,128})\/(\d{8})\/([^/\s,]{1,64})\/([^/\s,]{1,64})\/aws4_request *, *SignedHeaders=([a-z0-9;_-]{1,4096}) *, *Signature=([0-9a-f]{64})$/;

function readAuthorization(text: string): Authorization | undefined {
  const [found, keyId = '', date = '', region = '', service = '', headers = '', signature = ''] = form.exec(text) ?? [];
  return found === undefined ? undefined : { keyId, date, region, service, signedHeaders: headers.split(';'), signature };
}

/** `20261121T114349Z` */
function readTime(text: string): number | undefined {
  const [found, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const atMs = found === undefined ? Number.NaN : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(atMs) ? undefined : atMs;
}

/** Is everything signed that makes the request what it is, and is the body the one that was signed? */
function isComplete({ headers, body = new Uint8Array() }: WireRequest, { date, signedHeaders }: Authorization): boolean {
  const digest = headers['x-amz-content-sha256'];
  const isBody = digest === undefined || digest === createHash('sha256').update(body).digest('hex');
  const isDated = headers['x-amz-date']?.startsWith(date) === true;
  // One that is not there would sign nothing, and by its name alone could say that the body is not signed.
  const areThere = signedHeaders.every((name) => Object.hasOwn(headers, name));
  return isBody && isDated && areThere && ['host', 'x-amz-date'].every((name) => signedHeaders.includes(name));
}

/** The signature that the holder of the secret must have come to. */
async function signAgain(
  request: WireRequest, { keyId, region, service, signedHeaders }: Authorization, { secret, signedAtMs }: { readonly secret: string; readonly signedAtMs: number },
): Promise<string> {
  const credentials = { accessKeyId: keyId, secretAccessKey: secret };
  const signer = new SignatureV4({ credentials, region, service, sha256: Hash.bind(null, 'sha256'), applyChecksum: false });
  const { method, path, query, body } = request;
  const headers = Object.fromEntries(signedHeaders.map((name) => [name, request.headers[name] ?? '']));
  const signed = await signer.sign(
    { method, protocol: 'https:', hostname: '', path, query: readFields(query), headers, ...(body ? { body } : {}) },
    { signingDate: new Date(signedAtMs), signableHeaders: new Set(signedHeaders) },
  );
  return readAuthorization(signed.headers['authorization'] ?? '')?.signature ?? '';
}

/** As the API reads it: `+` is a space, which signers write as `%20`, and a question mark at the beginning is part of a name. */
function readFields(query: string): Record<string, string[]> {
  const fields = new URLSearchParams(`&${query}`);
  return Object.fromEntries([...new Set(fields.keys())].map((name) => [name, fields.getAll(name)]));
}
