import { z } from 'zod';
import { type Action, defineAction, takesNothing } from './action.ts';
import { openApiDocument } from './openapi.ts';

/** The description of the API by itself; written once per process, when somebody first asks. */
export function describeApi(actions: () => readonly Action[]): Action {
  let text: string | undefined;
  const action = defineAction({
    ...takesNothing,
    operation: 'describeApi',
    method: 'GET',
    path: '/v1/openapi.json',
    summary: 'This document.',
    replies: { 200: 'An OpenAPI 3.1 document.' },
    reply: z.record(z.string(), z.unknown()),
    async run() {
      return { status: 200, body: openApiDocument(actions()) };
    },
  });
  return {
    ...action,
    async answer(deps, request) {
      if (text !== undefined) return { status: 200, body: text };
      const { status, body } = await action.answer(deps, request);
      text = body;
      return { status, body };
    },
  };
}
