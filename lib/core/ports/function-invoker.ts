import type { PushBounds, PushOutcome } from './push-target.ts';

/** Functions that messages are pushed to. It never rejects for what a function does. */
export interface FunctionInvoker {
  /** false: there are none where this runs. */
  readonly areThere: boolean;
  /** `accepted` when the function has come to its end without an error. The payload is JSON. */
  invoke(functionArn: string, payload: string, bounds: PushBounds): Promise<PushOutcome>;
}
