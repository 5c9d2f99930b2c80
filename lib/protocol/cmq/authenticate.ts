import { mayDo } from '../../core/access-key/access.ts';
import type { Deps } from '../../core/deps.ts';
import { authenticate as authenticateAny, type Claim, type Sender } from '../access/authenticate.ts';
import { readCmqHmac, type SignedRequest } from '../access/cmq-hmac.ts';
import { checkDistinct } from './form.ts';
import { CmqRefusal } from './refusals.ts';

/**
 * Who sent it, and what they may do; undefined where requests need not be signed. Whatever is wrong with the key, or if it
 * is not for this, the refusal is the same.
 * @throws CmqRefusal `missing`, `secretIdForm`, `notRepeatable`, `authenticationFailed`
 */
export async function authenticate(deps: Deps, request: SignedRequest, { operation, name }: Claim): Promise<Sender | undefined> {
  if (!deps.authentication) return undefined;
  for (const parameter of ['SecretId', 'Signature']) if (!request.form.get(parameter)) throw new CmqRefusal('missing', parameter);
  if (!request.form.get('SecretId')?.startsWith('AKID')) throw new CmqRefusal('secretIdForm');
  checkDistinct(request.form);
  const sender = await authenticateAny(deps, readCmqHmac(request));
  if (!sender || !mayDo(sender.access, operation, name)) throw new CmqRefusal('authenticationFailed');
  return sender;
}
