import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import { type AccessKeyPair, KEY_VARIABLE, parseKeyPair } from '../lib/platform/access-key-variable.ts';
import type { Environment } from '../lib/platform/settings.ts';
import { regionOf } from './endpoint.ts';
import { CommandFailed, WrongUse } from './failure.ts';

/** Who signs the requests. */
export type Signing =
  | { readonly kind: 'accessKey'; readonly region: string } & AccessKeyPair
  | { readonly kind: 'awsCredentials'; readonly region: string }
  | { readonly kind: 'nobody' };

/** The access key of the environment (no flag: that would be seen in the list of processes), else for https the credentials of AWS, else nobody. @throws WrongUse */
export function readSigning(endpoint: URL, environment: Environment): Signing {
  const key = environment[KEY_VARIABLE];
  // Where AWS does not look at the region, any will do; where it does, the host name knows better than a profile.
  const region = regionOf(endpoint) ?? environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
  if (key) return { kind: 'accessKey', ...readKey(key), region: region || 'us-east-1' };
  if (endpoint.protocol !== 'https:') return { kind: 'nobody' };
  if (region) return { kind: 'awsCredentials', region };
  throw new WrongUse(`requests to ${endpoint.host} are signed with AWS credentials, but its name does not say for which region: set AWS_REGION (or ${KEY_VARIABLE}=ID:SECRET, to sign with an access key)`);
}

/** The secret is repeated in no error. */
function readKey(text: string): AccessKeyPair {
  const key = parseKeyPair(text);
  if (key) return key;
  throw new WrongUse(`${KEY_VARIABLE} must be ID:SECRET, an id of 4 to 128 letters and digits and a secret of 8 to 256 visible ASCII characters, got ${text.length} characters of another form`);
}

export interface Unsigned {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The headers that the request is sent with. @throws CommandFailed if there is nothing to sign with */
export async function signedHeaders({ method, url, headers, body }: Unsigned, signing: Signing): Promise<Readonly<Record<string, string>>> {
  if (signing.kind === 'nobody') return headers;
  const signer = new SignatureV4({ service: 'execute-api', region: signing.region, credentials: await credentialsOf(signing), sha256: Hash.bind(null, 'sha256') });
  const signed = await signer.sign({
    method, protocol: url.protocol, hostname: url.hostname, path: url.pathname, query: Object.fromEntries(url.searchParams),
    headers: { ...headers, host: url.host }, ...(body === undefined ? {} : { body }),
  });
  return signed.headers;
}

async function credentialsOf(signing: Exclude<Signing, { kind: 'nobody' }>) {
  if (signing.kind === 'accessKey') return { accessKeyId: signing.id, secretAccessKey: signing.secret };
  // Only here: to load it takes longer than everything else.
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  try {
    return await defaultProvider()();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CommandFailed(`there are no AWS credentials to sign with: ${reason}\nLog in to AWS, or set ${KEY_VARIABLE}=ID:SECRET to sign with an access key.`, { cause });
  }
}

/** What to look at when a request was not let in. */
export function signingHint(signing: Signing): string {
  switch (signing.kind) {
    case 'nobody':
      return `The request was not signed: set ${KEY_VARIABLE}=ID:SECRET to the key that the server was started with.`;
    case 'accessKey':
      return `The request was signed with the access key ${signing.id} of ${KEY_VARIABLE}. Keys are looked after with the one that the server was started with, on AWS with AWS credentials.`;
    case 'awsCredentials':
      return `The request was signed with your AWS credentials, for the region ${signing.region}: may they call this API?`;
  }
}
