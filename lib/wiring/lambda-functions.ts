import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { FunctionInvoker } from '../core/ports/function-invoker.ts';

/**
 * Functions of AWS Lambda, called in our own account and region: the role of whoever runs this says which. Waits for
 * the end of each, since that is what settles a message; an attempt is one call, so the SDK repeats none.
 */
export function lambdaFunctions(client = new LambdaClient({ maxAttempts: 1 })): FunctionInvoker {
  return {
    areThere: true,
    async invoke(functionArn, payload, { timeoutMs, signal }) {
      const late = AbortSignal.timeout(timeoutMs);
      try {
        const { FunctionError } = await client.send(
          new InvokeCommand({ FunctionName: functionArn, Payload: payload }), { abortSignal: AbortSignal.any([late, signal]) },
        );
        return FunctionError === undefined ? { kind: 'accepted' } : { kind: 'failed', reason: `the function failed: ${FunctionError}` };
      } catch (fault) {
        return { kind: 'failed', reason: late.aborted ? 'timeout: the function has not ended in time' : `not invoked: ${problemOf(fault)}` };
      }
    },
  };
}

function problemOf(fault: unknown): string {
  if (!(fault instanceof Error)) return 'unknown';
  return fault.name === 'AccessDeniedException' ? 'the deployment may not invoke this function, see pushFunctions in docs/operations.md' : fault.name;
}

/** Where there are none. */
export const noFunctions: FunctionInvoker = {
  areThere: false,
  invoke: async () => ({ kind: 'failed', reason: 'functions can be invoked on AWS only' }),
};
