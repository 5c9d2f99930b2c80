import { z } from 'zod';
import type { Operation } from '../../core/access-key/operations.ts';
import type { Deps } from '../../core/deps.ts';
import type { CallerErrorKind } from '../../core/errors.ts';
import { readBody, readNothing } from './read-body.ts';
import { readQuery } from './read-query.ts';
import { queueName } from './shapes/name.ts';
import { validate } from './validate.ts';

export type Method = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';

/** A request whose path was recognised. */
export interface RoutedRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  /** The core's name of what is consumed, where the path names no queue. */
  readonly consumed?: string;
  readonly caller?: string;
  readonly signal?: AbortSignal;
}

/** One row of the native API, as the router and the OpenAPI document see it. */
export interface Action {
  /** Unique, and the name of the section in docs/protocol.md. */
  readonly operation: string;
  /** What the key of its sender must be for. */
  readonly claims: Operation;
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  /** The operation on a queue that this one is on a subscription: it is described there. */
  readonly sameAs?: string;
  readonly query: z.ZodObject;
  readonly headers: z.ZodObject;
  /** `noBody`: it takes none. */
  readonly body: z.ZodType;
  /** What each good status means. */
  readonly replies: Readonly<Record<number, string>>;
  /** `noBody`: the reply has none. */
  readonly reply: z.ZodType;
  /** Beside those of `commonErrors`. */
  readonly errors: readonly CallerErrorKind[];
  /** Of one entry of a batch, inside a 200. */
  readonly entryErrors: readonly CallerErrorKind[];
  answer(deps: Deps, request: RoutedRequest): Promise<Answer<string>>;
}

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

/** What any action may refuse a request with. */
export const commonErrors = ['malformedRequest', 'parameterOutOfRange', 'notSupportedYet', 'requestTooLarge', 'authenticationFailed', 'accessDenied'] as const satisfies readonly CallerErrorKind[];

/** Every parameter a path may have. Ids are opaque: the core knows which it gave out. */
export const pathParameters = z.object({ queue: queueName, topic: queueName, subscription: queueName, messageId: z.string(), redriveId: z.string(), accessKeyId: z.string(), rewindId: z.string(), replayId: z.string() }).partial();

type ParameterOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | ParameterOf<Rest> : never;

interface Call<Path extends string, Query, Headers, Body> {
  readonly param: (name: ParameterOf<Path>) => string;
  readonly query: Query;
  readonly headers: Headers;
  readonly body: Body;
  /** For what is told later of who asked for it. */
  readonly requestedBy: { readonly requestedBy?: string };
  readonly signal: AbortSignal | undefined;
}

interface Definition<
  Path extends string, Query extends z.ZodObject, Headers extends z.ZodObject, Body extends z.ZodType, Reply extends z.ZodType,
> extends Omit<Action, 'answer' | 'claims'> {
  readonly operation: Operation;
  readonly path: Path;
  readonly query: Query;
  readonly headers: Headers;
  readonly body: Body;
  readonly reply: Reply;
  readonly run: (
    deps: Deps, call: Call<Path, z.output<Query>, z.output<Headers>, z.output<Body>>,
  ) => Promise<Answer<z.input<Reply>>>;
}

/** The schema of no body at all. */
export const noBody = z.undefined();

/** What most actions have in common: each names only what it does take, answer and refuse. */
export const takesNothing = {
  query: z.strictObject({}), headers: z.object({}), body: noBody, errors: [], entryErrors: [],
} as const;

/** Parse the wire, run the operation, render the wire: here the types of the three meet. */
export function defineAction<
  Path extends string, Query extends z.ZodObject, Headers extends z.ZodObject, Body extends z.ZodType, Reply extends z.ZodType,
>({ run, ...row }: Definition<Path, Query, Headers, Body, Reply>): Action {
  const takesBody = !(row.body instanceof z.ZodUndefined);
  return {
    ...row,
    claims: row.operation,
    async answer(deps, request) {
      validate(pathParameters, request.params, 'the path');
      const { status, body } = await run(deps, {
        param: (name) => (name === 'queue' ? request.consumed : undefined) ?? request.params[name] ?? '',
        query: validate(row.query, readQuery(request.query), 'the query'),
        headers: validate(row.headers, request.headers, 'the headers'),
        body: validate(row.body, takesBody ? readBody(request.body) : readNothing(request.body), 'the body'),
        requestedBy: request.caller === undefined ? {} : { requestedBy: request.caller },
        signal: request.signal,
      });
      return { status, body: body === undefined ? '' : JSON.stringify(body) };
    },
  };
}
