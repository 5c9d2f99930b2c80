import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeAll, expect, it } from 'vitest';
import { limits } from '../../../lib/core/limits.ts';
import { actions } from '../../../lib/protocol/native/actions.ts';
import { callerErrorCodes } from '../../../lib/protocol/native/error-codes.ts';
import { newCaller } from '../caller.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

let document: Document;

beforeAll(async () => {
  document = (await newCaller().call('GET', '/v1/openapi.json')).body as Document;
});

it('is valid OpenAPI 3.1', async () => {
  expect(document.openapi).toBe('3.1.0');
  expect(await new Validator().validate(structuredClone(document) as never)).toEqual({ valid: true });
});

it('is refused by the validator when it is broken, so that the test above means something', async () => {
  const { valid } = await new Validator().validate({ ...document, paths: { queues: {} } });
  expect(valid).toBe(false);
});

it.each(actions.map((action) => [action.operation, action] as const))('has %s with its parameters, replies and errors', (operation, action) => {
  const described = document.paths[action.path]?.[action.method.toLowerCase()];
  expect(described?.operationId).toBe(operation);
  const inPath = described?.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`);
  expect(inPath).toEqual(action.path.match(/\{\w+\}/g) ?? []);
  expect(Object.keys(described?.responses ?? {})).toEqual(expect.arrayContaining([...Object.keys(action.replies), '400', '500', '503']));
  for (const kind of action.errors) {
    const { status, code } = callerErrorCodes[kind];
    expect(described?.responses[status]?.description).toContain(code);
  }
});

it('resolves every reference', () => {
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].flatMap(([, name]) => name ?? []);
  expect(references.length).toBeGreaterThan(0);
  expect(references.filter((name) => !(name in document.components.schemas))).toEqual([]);
});

/** Limits of whole requests and answers, and of what only the core can count, are said in words elsewhere. */
const notInSchemas = new Set(['requestBytes', 'answerBytes', 'messageBytes', 'filterBytes', 'subscriptionFilterBytes', 'routingKeyWords', 'bindingKeyWords']);

it.each(Object.entries(limits).filter(([name]) => !notInSchemas.has(name)))('shows the limit %s', (_name, { min, max, unit }) => {
  const isShown = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null) return false;
    const { minimum, maximum, minLength, maxLength, minItems, maxItems, maxProperties } = value as Record<string, unknown>;
    return (minimum === min && maximum === max)
      || (maxLength === max && (minLength === min || min === 0))
      || (minItems === min && maxItems === max)
      || (maxProperties === max && unit === 'attributes')
      || Object.values(value).some(isShown);
  };
  expect(isShown(document)).toBe(true);
});

it('is written once, and the same ever after', async () => {
  const { call } = newCaller();
  expect((await call('GET', '/v1/openapi.json')).body).toEqual((await call('GET', '/v1/openapi.json')).body);
});
