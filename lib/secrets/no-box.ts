import { CallerError } from '../core/errors.ts';
import type { SecretBox } from '../core/ports/secret-box.ts';

/** Of a deployment that has nothing to encrypt secrets with: it issues no access keys, and knows none. */
export const noBox: SecretBox = {
  seal: () => Promise.reject(new CallerError('accessKeysAreOff', 'this deployment has no access keys: deploy it with -c accessKeys=true')),
  open: () => Promise.reject(new Error('there is nothing to decrypt the secret of an access key with')),
};
