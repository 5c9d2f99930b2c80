import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import type { Operation } from './operations.ts';
import { isInScope, isNamed, type Scope } from './scope.ts';

/** What whoever sent the request may do. */
export type Access =
  | { readonly kind: 'administrator' }
  | { readonly kind: 'scoped'; readonly scope: Scope };

export const mayDo = (access: Access | undefined, operation: Operation, name: string): boolean =>
  !access || access.kind === 'administrator' || isInScope(access.scope, operation, name);

/**
 * Refuse what the caller's key is not for, whether it exists or not.
 * @throws CallerError `accessDenied`
 */
export function checkAccess({ access }: Deps, operation: Operation, name: string): void {
  if (mayDo(access, operation, name)) return;
  const of = name === '' ? '' : ` ${name}`;
  throw new CallerError('accessDenied', `this access key is not for ${operation}${of}`, { operation, ...(name === '' ? {} : { name }) });
}

/**
 * The same for a queue that messages would flow into by themselves (dead letters, pushes, replays): who may
 * send to it, or manage it, may have that.
 * @throws CallerError `accessDenied`
 */
export function checkMayFeed(deps: Deps, queue: string): void {
  if (!mayDo(deps.access, 'changeQueue', queue)) checkAccess(deps, 'sendMessages', queue);
}

/** In lists of queues and topics the caller sees those that its key is for; of a topic that it is for, all subscriptions. */
export const isListed = ({ access }: Deps, registry: string, name: string): boolean =>
  access?.kind !== 'scoped' || (registry !== 'queue' && registry !== 'topic') || isNamed(access.scope, name);
