/** The few calls that these tests need, over HTTP as anybody makes them. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReplyBody;
}

interface ReplyBody {
  readonly failed?: number;
  readonly messages?: readonly { readonly body: string }[];
}

export async function call(url: string, method: string, path: string, body?: unknown): Promise<Reply> {
  const response = await fetch(`${url}${path}`, {
    method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) as ReplyBody };
}

export const createQueue = (url: string, queue: string) => call(url, 'PUT', `/v1/queues/${queue}`, {});

export const send = (url: string, queue: string, ...bodies: readonly string[]) =>
  call(url, 'POST', `/v1/queues/${queue}/messages`, { entries: bodies.map((body) => ({ body })) });

export const receive = (url: string, queue: string, options: object = {}) =>
  call(url, 'POST', `/v1/queues/${queue}/receive`, { maxMessages: 1000, ...options });

/** Bodies of all that can be received now, in the order of the alphabet. */
export async function receiveAll(url: string, queue: string): Promise<readonly string[]> {
  const bodies: string[] = [];
  for (;;) {
    const { messages = [] } = (await receive(url, queue, { visibilityTimeoutSeconds: 3600 })).body;
    if (messages.length === 0) return bodies.toSorted();
    bodies.push(...messages.map(({ body }) => body));
  }
}
