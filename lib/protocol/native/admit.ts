import { checkAccess } from '../../core/access-key/access.ts';
import type { Deps } from '../../core/deps.ts';
import { CallerError } from '../../core/errors.ts';
import { authenticate, type Claim } from '../access/authenticate.ts';
import { readSigV4 } from '../access/sigv4.ts';
import type { WireRequest } from '../wire.ts';

/** A request whose sender may ask for it, and what it is to be answered with. */
export interface Admitted<Request> {
  readonly deps: Deps;
  /** With its sender as `caller`. */
  readonly request: Request;
}

/**
 * Let in who holds a key for this, where requests must be signed.
 * @throws CallerError `authenticationFailed`, `accessDenied`
 */
export async function admit<Request extends WireRequest>(deps: Deps, request: Request, { operation, name }: Claim): Promise<Admitted<Request>> {
  if (!deps.authentication || operation === 'checkHealth') return { deps, request };
  const signed = readSigV4(request);
  if (!signed) throw new CallerError('authenticationFailed', 'this server takes signed requests only: sign with an access key by AWS Signature Version 4, in the Authorization header');
  const sender = await authenticate(deps, signed);
  if (!sender) throw new CallerError('authenticationFailed', 'the request is not signed with an access key that may be used now, or not rightly, or by a clock that is more than 5 minutes off');
  const admitted = { ...deps, access: sender.access };
  checkAccess(admitted, operation, name);
  return { deps: admitted, request: { ...request, caller: sender.keyId } };
}
