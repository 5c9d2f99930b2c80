import { CallerError } from '../../core/errors.ts';
import type { Action, Method } from './action.ts';
import { decodePercent } from './decode-percent.ts';

export interface Route {
  readonly action: Action;
  /** Decoded. */
  readonly params: Readonly<Record<string, string>>;
}

interface Resource {
  readonly segments: readonly string[];
  readonly byMethod: ReadonlyMap<string, Action>;
}

export type FindRoute = (method: string, path: string) => Route;

/**
 * Finds the row of the action table for a request.
 * @throws CallerError `routeNotFound`, `methodNotAllowed` (details.allow has those that are), `notSupportedYet`
 */
export function routesOf(actions: readonly Action[]): FindRoute {
  const resources = resourcesOf(actions);
  return (method, path) => {
    const segments = path.split('/');
    const resource = resources.find((candidate) => matches(candidate.segments, segments));
    if (!resource) throw noSuchPath(path);
    const action = resource.byMethod.get(method);
    if (!action) throw methodNotAllowed(method, [...resource.byMethod.keys()]);
    return { action, params: readParams(resource.segments, segments) };
  };
}

function resourcesOf(actions: readonly Action[]): readonly Resource[] {
  const paths = new Map<string, Map<Method, Action>>();
  for (const action of actions) {
    const byMethod = paths.get(action.path) ?? new Map<Method, Action>();
    paths.set(action.path, byMethod.set(action.method, action));
  }
  return [...paths].map(([path, byMethod]) => ({ segments: path.split('/'), byMethod }));
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  return pattern.length === segments.length
    && pattern.every((segment, index) => (isParam(segment) ? segments[index] !== '' : segments[index] === segment));
}

const isParam = (segment: string): boolean => segment.startsWith('{');

function readParams(pattern: readonly string[], segments: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(pattern.flatMap((segment, index) => (
    isParam(segment) ? [[segment.slice(1, -1), decodePercent(segments[index] ?? '')]] : []
  )));
}

const PATH_CHARACTERS_SHOWN = 200;

function noSuchPath(path: string): CallerError {
  const shown = path.slice(0, PATH_CHARACTERS_SHOWN);
  return new CallerError('routeNotFound', `there is nothing at ${shown}`, { path: shown });
}

function methodNotAllowed(method: string, allow: readonly string[]): CallerError {
  return new CallerError('methodNotAllowed', `${method.slice(0, 16)} is not one of ${allow.join(', ')}`, { allow });
}
