import { z } from 'zod';
import type { CallerErrorKind } from '../../core/errors.ts';
import { type Action, commonErrors, pathParameters } from './action.ts';
import { callerErrorCodes, faultCodes, type WireCode } from './error-codes.ts';
import { errorAnswer } from './shapes/batch.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a reply with an error status has. */
const errorReply = z.object({ error: errorAnswer, requestId: z.string() });

/** The OpenAPI 3.1 document of these actions, out of the schemas that validate them. */
export function openApiDocument(actions: readonly Action[]): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'RewindMQ',
      version: '1',
      description: 'A serverless message queue in your own AWS account. Times are RFC 3339, durations whole seconds. '
        + 'Every reply has its request id in the header x-request-id. An error code never changes; a text may.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths: pathsOf(actions),
    components: { schemas: componentsOf(actions) },
  };
}

function pathsOf(actions: readonly Action[]): Json {
  return Object.fromEntries(groupedBy(actions, ({ path }) => path).map(([path, rows]) => [
    path, Object.fromEntries(rows.map((action) => [action.method.toLowerCase(), operationOf(action)])),
  ]));
}

function operationOf(action: Action): Json {
  return {
    operationId: action.operation,
    summary: action.summary,
    parameters: parametersOf(action),
    ...(hasBody(action.body) && { requestBody: requestBodyOf(action) }),
    responses: { ...goodResponsesOf(action), ...errorResponsesOf(action) },
  };
}

function requestBodyOf(action: Action): Json {
  const isOptional = action.body.safeParse({}).success;
  return { required: !isOptional, content: jsonOf(requestName(action)) };
}

function parametersOf(action: Action): readonly Json[] {
  const names = [...action.path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? []);
  const path = propertiesOf(pathParameters);
  return [
    ...names.map((name) => ({ name, in: 'path', required: true, schema: path[name] ?? {} })),
    ...optionalParameters('query', action.query),
    ...optionalParameters('header', action.headers),
  ];
}

const optionalParameters = (place: 'query' | 'header', schema: z.ZodObject): readonly Json[] => (
  Object.entries(propertiesOf(schema)).map(([name, property]) => ({ name, in: place, required: false, schema: property }))
);

function propertiesOf(schema: z.ZodObject): Readonly<Record<string, Json>> {
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
  return Object.fromEntries(Object.entries(shape).map(([name, property]) => [name, jsonSchemaOf(property)]));
}

function goodResponsesOf(action: Action): Json {
  return Object.fromEntries(Object.entries(action.replies).map(([status, description]) => [status, {
    description: [description, ...entryErrorsOf(action)].join(' '),
    headers: requestIdHeader,
    ...(hasBody(action.reply) && { content: jsonOf(replyName(action)) }),
  }]));
}

/** Map.groupBy of Node 21, for Node 20. */
function groupedBy<Key, Row>(rows: readonly Row[], keyOf: (row: Row) => Key): [Key, Row[]][] {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) groups.set(keyOf(row), [...groups.get(keyOf(row)) ?? [], row]);
  return [...groups];
}

const entryErrorsOf = ({ entryErrors }: Action): readonly string[] => (
  entryErrors.length === 0 ? [] : [`An entry may fail with ${[...codesOf(entryErrors), faultCodes.storeUnavailable.code].join(', ')}.`]
);

/** One response per status, with the codes it may have. */
function errorResponsesOf(action: Action): Json {
  const callerErrors: readonly WireCode[] = [...commonErrors, ...action.errors].map((kind) => callerErrorCodes[kind]);
  const byStatus = groupedBy([...callerErrors, ...Object.values(faultCodes)], ({ status }) => status);
  return Object.fromEntries(byStatus.map(([status, rows]) => [status, {
    description: rows.map(({ code }) => code).join(', '),
    headers: status === 503 ? { ...requestIdHeader, 'retry-after': { schema: { type: 'integer' } } } : requestIdHeader,
    content: { 'application/json': { schema: errorSchema(rows.map(({ code }) => code)) } },
  }]));
}

const errorSchema = (codes: readonly string[]): Json => ({
  allOf: [
    { $ref: '#/components/schemas/Error' },
    { type: 'object', properties: { error: { type: 'object', properties: { code: { enum: codes } } } } },
  ],
});

const requestIdHeader = { 'x-request-id': { required: true, schema: { type: 'string' } } } as const;

function componentsOf(actions: readonly Action[]): Json {
  const schemas: readonly [string, z.ZodType][] = actions.flatMap((action) => [
    [requestName(action), action.body], [replyName(action), action.reply],
  ]);
  const used = schemas.filter(([, schema]) => hasBody(schema));
  return Object.fromEntries([...used, ['Error', errorReply] as const].map(([name, schema]) => [name, jsonSchemaOf(schema)]));
}

const hasBody = (schema: z.ZodType): boolean => !(schema instanceof z.ZodUndefined);

const codesOf = (kinds: readonly CallerErrorKind[]): readonly string[] => kinds.map((kind) => callerErrorCodes[kind].code);

const requestName = ({ operation }: Action): string => `${capitalised(operation)}Request`;
const replyName = ({ operation }: Action): string => `${capitalised(operation)}Reply`;
const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const jsonOf = (component: string): Json => ({ 'application/json': { schema: { $ref: `#/components/schemas/${component}` } } });

/**
 * What a caller may send, or gets. `input`: before our transforms, and answers stay open for more
 * fields. A hand-written check says what it is in its own `meta`.
 */
function jsonSchemaOf(schema: z.core.$ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' });
  return rest;
}
