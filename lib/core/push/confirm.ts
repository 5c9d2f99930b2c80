import type { PushAnswer } from '../ports/push-endpoint.ts';

/** Does the endpoint want what is to be pushed to it? It answers 2xx and `confirms` the token. */
export const isConfirmed = (answer: PushAnswer, token: string): boolean => isAccepted(answer) && confirms(answer.body, token);

/** Any 2xx settles a push, nothing else does. */
export const isAccepted = (answer: PushAnswer): answer is Extract<PushAnswer, { kind: 'answered' }> =>
  answer.kind === 'answered' && answer.status >= 200 && answer.status < 300;

/** True for the bare token, alone or as a JSON string, and for a JSON object with it as `token`. */
export function confirms(answerBody: string, token: string): boolean {
  const text = answerBody.trim();
  if (text === token) return true;
  const value = parsed(text);
  if (value === token) return true;
  // A server that sends back whatever it is sent has not agreed to anything.
  const isEcho = fieldOf(value, 'type') === 'confirmation';
  return !isEcho && fieldOf(value, 'token') === token;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const fieldOf = (value: unknown, name: string): unknown =>
  (typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined);
