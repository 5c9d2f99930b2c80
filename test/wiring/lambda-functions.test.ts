import { LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { lambdaFunctions, noFunctions } from '../../lib/wiring/lambda-functions.ts';

const bounds = { timeoutMs: 15_000, signal: new AbortController().signal };

/** Lambda, answering every call so. */
function functionsAnswering(answer: object | Error) {
  const client = new LambdaClient({ region: 'x', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1 });
  const inputs: object[] = [];
  client.middlewareStack.add(() => async ({ input }) => {
    inputs.push(input);
    if (answer instanceof Error) throw answer;
    return { response: {}, output: { $metadata: {}, ...answer } as never };
  }, { step: 'initialize' });
  return { functions: lambdaFunctions(client), inputs };
}

describe('a function', () => {
  it('has accepted a message when it ends', async () => {
    const { functions, inputs } = functionsAnswering({ StatusCode: 200 });
    expect(await functions.invoke('arn:f', '{}', bounds)).toEqual({ kind: 'accepted' });
    expect(inputs).toEqual([{ FunctionName: 'arn:f', Payload: '{}' }]);
  });

  it('has not when it fails', async () => {
    const { functions } = functionsAnswering({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(await functions.invoke('arn:f', '{}', bounds)).toEqual({ kind: 'failed', reason: 'the function failed: Unhandled' });
  });

  it('that cannot be invoked has not, and the reason names no more than the kind of fault', async () => {
    const { functions } = functionsAnswering(Object.assign(new Error('arn:aws:lambda:x:123:function:f'), { name: 'ResourceNotFoundException' }));
    expect(await functions.invoke('arn:f', '{}', bounds)).toEqual({ kind: 'failed', reason: 'not invoked: ResourceNotFoundException' });
  });

  it('that the deployment was not told of is refused, and the reason says where to name it', async () => {
    const { functions } = functionsAnswering(Object.assign(new Error('User: arn:aws:sts::123:…'), { name: 'AccessDeniedException' }));
    expect(await functions.invoke('arn:f', '{}', bounds)).toEqual({ kind: 'failed', reason: expect.stringContaining('pushFunctions') });
  });

  it('of AWS is not there on one machine', async () => {
    expect(await noFunctions.invoke('arn:f', '{}', bounds)).toMatchObject({ kind: 'failed' });
  });
});
