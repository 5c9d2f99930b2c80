/** Longer ones are taken by few servers. In characters. */
export const endpointUrlLengthMax = 2048;

/**
 * Why nothing can be pushed to this URL, or undefined. Says nothing of where it leads: that is for the port to check,
 * when it is given and at each connection.
 */
export function endpointUrlProblem(text: string): string | undefined {
  if (text.length > endpointUrlLengthMax) return `must have at most ${endpointUrlLengthMax} characters`;
  if (!URL.canParse(text)) return 'must be a URL, such as https://example.com/orders';
  const { protocol, username, password } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') return 'must begin with http:// or https://';
  // Also since they would be shown to whoever may read the subscription.
  if (username || password) return 'must hold no user name and no password: the signature says who is calling';
  return undefined;
}
