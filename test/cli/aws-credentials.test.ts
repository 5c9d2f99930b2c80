import { beforeEach, describe, expect, it, vi } from 'vitest';
import { signedHeaders } from '../../cli/signing.ts';
import { terminal } from './support/terminal.ts';

const request = { method: 'GET', url: new URL('https://a1b2c3.execute-api.eu-west-1.amazonaws.com/v1/access-keys?limit=1000'), headers: {} };

/** A machine on which nobody ever logged in to AWS. */
beforeEach(() => {
  for (const name of Object.keys(process.env).filter((key) => key.startsWith('AWS_'))) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere/config');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere/credentials');
  return () => vi.unstubAllEnvs();
});

describe('credentials of AWS', () => {
  it('sign for API Gateway, in its region, with the token of a session', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'ASIAEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'an example');
    vi.stubEnv('AWS_SESSION_TOKEN', 'of a session');
    const headers = await signedHeaders(request, { kind: 'awsCredentials', region: 'eu-west-1' });
    expect(headers).toMatchObject({
      authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE\/\d{8}\/eu-west-1\/execute-api\/aws4_request, SignedHeaders=host;/),
      'x-amz-security-token': 'of a session',
    });
  });

  it('are asked for where there are none, before anything is sent', async () => {
    const { exitCode, err } = await terminal()('keys', 'create', '--endpoint', 'https://a1b2c3.execute-api.eu-west-1.amazonaws.com');
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringMatching(/^there are no AWS credentials to sign with: [^]*Log in to AWS, or set REWINDMQ_ACCESS_KEY=ID:SECRET/) });
    expect(err).not.toContain('issued all the same');
  });
});
