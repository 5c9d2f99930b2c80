import { CallerError } from '../errors.ts';
import { checkSize } from '../limits.ts';
import { isOperation, isOperationGroup, type Operation, operationGroups, operations } from './operations.ts';

/** What a key is for: its operations, on queues and topics of its names. */
export interface Scope {
  /**
   * Names of queues and topics, in which `*` stands for any characters: `orders-*`. The subscriptions of a topic
   * belong to it.
   */
  readonly names: readonly string[];
  /** Operations or groups of them; `*`: everything but the administration of keys. */
  readonly operations: readonly string[];
}

export const everything: Scope = { names: ['*'], operations: ['*'] };

const namePatternPattern = /^[A-Za-z0-9_*-]+$/;

/** @throws CallerError `parameterOutOfRange`, `malformedRequest` */
export function checkScope({ names, operations: allowed }: Scope): void {
  checkSize('scopeEntries', 'names', names.length);
  checkSize('scopeEntries', 'operations', allowed.length);
  names.forEach((name, at) => {
    const field = `names[${at}]`;
    checkSize('nameLength', field, name.length);
    if (!namePatternPattern.test(name)) throw new CallerError('malformedRequest', `${field} must be letters, digits, "-", "_", and "*" for any of them`, { field, value: name });
  });
  allowed.forEach((name, at) => {
    if (isGrantable(name)) return;
    const field = `operations[${at}]`;
    const known = ['*', ...Object.keys(operationGroups)];
    throw new CallerError('malformedRequest', `${field} must be one of ${known.join(', ')}, or the name of an operation that needs no administrator`, { field, allowed: known, value: name });
  });
}

const isGrantable = (name: string): boolean =>
  name === '*' || isOperationGroup(name) || (isOperation(name) && isOperationGroup(operations[name]));

/** `name`: of a queue or a topic; empty where the operation is about none. */
export function isInScope(scope: Scope, operation: Operation, name: string): boolean {
  const sort = operations[operation];
  if (!isOperationGroup(sort)) return false;
  const mayDo = scope.operations.some((allowed) => allowed === '*' || allowed === sort || allowed === operation);
  return mayDo && (name === '' || isNamed(scope, name));
}

/** Does a key of this scope know of the queue or topic? */
export const isNamed = ({ names }: Scope, name: string): boolean => names.some((pattern) => matches(pattern, name));

/** From left to right, each piece at the first place where it fits: that leaves the most for those behind it. */
function matches(pattern: string, name: string): boolean {
  const [first = '', ...pieces] = pattern.split('*');
  const last = pieces.pop();
  if (last === undefined) return pattern === name;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const piece of pieces) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return name.length - at >= last.length && name.endsWith(last);
}
