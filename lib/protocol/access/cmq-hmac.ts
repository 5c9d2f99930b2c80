import { createHmac } from 'node:crypto';
import type { Form } from '../cmq/form.ts';
import type { Signed } from './authenticate.ts';
import { equalInConstantTime } from './constant-time.ts';

/** What a signature is over, beside the key. */
export interface SignedRequest {
  readonly method: string;
  /** As the `Host` header has it. */
  readonly host: string;
  readonly path: string;
  readonly form: Form;
}

/** Some clients have but ten thousand nonces: among a hundred equal requests of one second two often have the same. */
const COINCIDENCE_MS = 2000;

/** How CMQ signs, in the parameters `SecretId`, `Signature`, `SignatureMethod`, `Timestamp` (in seconds) and `Nonce`. */
export function readCmqHmac(request: SignedRequest): Signed {
  const { form } = request;
  const timestamp = form.get('Timestamp') ?? '';
  return {
    keyId: form.get('SecretId') ?? '',
    signedAtMs: /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * 1000 : undefined,
    onceOnly: {
      // Over time and nonce as well. Decoded first, since base64 can be spelled in many ways.
      id: Buffer.from(form.get('Signature') ?? '', 'base64').toString('base64'),
      mayCoincideForMs: /^\d{1,5}$/.test(form.get('Nonce') ?? '') ? COINCIDENCE_MS : 0,
    },
    isSignedWith: (secret) => isSigned(request, secret),
  };
}

/**
 * Is that the signature of this request? METHOD, host, path, `?` and the sorted parameters as they are, by
 * HMAC-SHA1 unless SHA-256 is asked for, in base64. Clients differ in two points, and each of theirs is taken: a
 * default port may stand in one of the header and the signed text and not in the other, and of a POST some leave
 * out what begins with `@`: to the requests of those, and to no others, such parameters can be added by whoever can change them.
 */
export function isSigned(request: SignedRequest, secret: string): boolean {
  const { form } = request;
  const given = Buffer.from(form.get('Signature') ?? '', 'base64');
  const algorithm = /^(?:Hmac)?SHA256$/i.test(form.get('SignatureMethod') ?? '') ? 'sha256' : 'sha1';
  // What cannot be one is not worth the work, and the same for every secret.
  if (given.byteLength !== digestBytes[algorithm]) return false;
  const verdicts = textsToSign(request).map((text) => equalInConstantTime(createHmac(algorithm, secret).update(text).digest(), given));
  return verdicts.includes(true);
}

const digestBytes = { sha1: 20, sha256: 32 } as const;

/** Every text that a client may have signed. */
export function textsToSign({ method, host, path, form }: SignedRequest): readonly string[] {
  const names = [...form.keys()].filter((name) => name !== 'Signature').toSorted(byBytes);
  const isFile = (name: string): boolean => form.get(name)?.startsWith('@') === true;
  const mayLeaveOut = method === 'POST' && leavesOutFiles.test(form.get('RequestClient') ?? '');
  const lists = [names, ...(mayLeaveOut && names.some(isFile) ? [names.filter((name) => !isFile(name))] : [])];
  return lists.flatMap((list) => {
    const joined = list.map((name) => `${name.replaceAll('_', '.')}=${form.get(name)}`).join('&');
    return hostsOf(host).map((spelling) => `${method}${spelling}${path}?${joined}`);
  });
}

/** What the clients say of themselves that sign no value that begins with `@`; some say nothing. */
const leavesOutFiles = /^(?:$|SDK_(?:Python|PHP|NodeJS)_)/i;

const byBytes = (a: string, b: string): number => (a < b ? -1 : 1);

function hostsOf(host: string): readonly string[] {
  const bare = host.replace(/:(?:80|443)$/, '');
  if (bare !== host) return [host, bare];
  return /:\d+$/.test(host) ? [host] : [host, `${host}:80`, `${host}:443`];
}
