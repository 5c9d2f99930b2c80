import { DecryptCommand, EncryptCommand, IncorrectKeyException, InvalidCiphertextException, KMSClient, type KMSClientConfig } from '@aws-sdk/client-kms';
import { StoreUnavailable } from '../core/errors.ts';
import type { SecretBox } from '../core/ports/secret-box.ts';

/** By a key of AWS KMS, which never leaves it. What is sealed is bound to its id by the encryption context. */
export const kmsBox = (keyId: string, config: KMSClientConfig = {}): SecretBox => {
  const client = new KMSClient(config);
  return {
    async seal(id, secret) {
      const sealed = await client.send(new EncryptCommand({ KeyId: keyId, Plaintext: Buffer.from(secret), EncryptionContext: contextOf(id) })).catch(unavailable);
      return sealed.CiphertextBlob ?? nothing();
    },
    async open(id, sealed) {
      const opened = await client.send(new DecryptCommand({ KeyId: keyId, CiphertextBlob: sealed, EncryptionContext: contextOf(id) })).catch(unavailable);
      return Buffer.from(opened.Plaintext ?? nothing()).toString('utf8');
    },
  };
};

const contextOf = (id: string) => ({ accessKeyId: id });

/** What is damaged, sealed for another id, or by another key than there is now, stays so; anything else may go well the next time. */
function unavailable(cause: unknown): never {
  if (cause instanceof InvalidCiphertextException || cause instanceof IncorrectKeyException) throw cause;
  throw new StoreUnavailable('the key service did not answer, or refused', { outcome: 'refused', cause });
}

function nothing(): never {
  throw new Error('the key service answered nothing');
}
