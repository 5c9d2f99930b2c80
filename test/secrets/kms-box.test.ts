import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../lib/core/errors.ts';
import { kmsBox } from '../../lib/secrets/kms-box.ts';

interface Given { readonly KeyId?: string; readonly Plaintext?: string; readonly CiphertextBlob?: string; readonly EncryptionContext?: object }

/** What KMS is on the wire: it seals by wrapping the request, and opens what fits. */
function keyService(refusal?: string) {
  const answer = (target: string, given: Given): object => {
    if (target.endsWith('.Encrypt')) return { CiphertextBlob: Buffer.from(JSON.stringify(given)).toString('base64') };
    const sealed = JSON.parse(Buffer.from(given.CiphertextBlob ?? '', 'base64').toString()) as Given;
    if (sealed.KeyId !== given.KeyId) return { __type: 'IncorrectKeyException' };
    const fits = JSON.stringify(sealed.EncryptionContext) === JSON.stringify(given.EncryptionContext);
    return fits ? { Plaintext: sealed.Plaintext } : { __type: 'InvalidCiphertextException' };
  };
  const handle = async (request: { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array }) => {
    const body = refusal ? { __type: refusal } : answer(request.headers['x-amz-target'] ?? '', JSON.parse(Buffer.from(request.body).toString()) as Given);
    return { response: { statusCode: '__type' in body ? 400 : 200, headers: {}, body: Readable.from([Buffer.from(JSON.stringify(body))]) } };
  };
  return { region: 'x', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1, requestHandler: { handle } as never };
}

describe('kmsBox', () => {
  it('seals by the key, for one id', async () => {
    const box = kmsBox('arn:key', keyService());
    const sealed = await box.seal('AKIDa', 'secret');
    expect(JSON.parse(Buffer.from(sealed).toString())).toMatchObject({ KeyId: 'arn:key', EncryptionContext: { accessKeyId: 'AKIDa' } });
    expect(await box.open('AKIDa', sealed)).toBe('secret');
    await expect(box.open('AKIDb', sealed)).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
  });

  it('cannot open what another key has sealed, now or later', async () => {
    const sealed = await kmsBox('arn:key', keyService()).seal('AKIDa', 'secret');
    await expect(kmsBox('arn:other', keyService()).open('AKIDa', sealed)).rejects.toMatchObject({ name: 'IncorrectKeyException' });
  });

  it.each(['ThrottlingException', 'KMSInternalException', 'DependencyTimeoutException'])('may be asked again after a %s', async (refusal) => {
    await expect(kmsBox('arn:key', keyService(refusal)).open('AKIDa', Buffer.from('x'))).rejects.toBeInstanceOf(StoreUnavailable);
  });
});
