import { setTimeout as sleep } from 'node:timers/promises';

/** One message, held until `visibleAt`: delete it when its work is done, or somebody else gets it. */
export interface Delivery {
  readonly messageId: string;
  readonly body: string;
  readonly receiptHandle: string;
  readonly receiveCount: number;
}

export interface QueueSettings {
  readonly visibilityTimeoutSeconds?: number;
  readonly deadLetter?: { readonly queue: string; readonly maxReceiveCount: number };
}

/** What RewindMQ answered instead of doing what was asked. `code` is stable, the text is not. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(`${code}: ${message}`);
    this.status = status;
    this.code = code;
  }
}

interface Answer<Result> {
  readonly error?: { readonly code: string; readonly message: string };
  readonly results?: readonly (Result & Answer<never>)[];
  readonly messages?: readonly Delivery[];
}

export type Queue = ReturnType<typeof openQueue>;

/** A queue of the RewindMQ at `url`, as far as this example needs it: plain `fetch`, one entry a request. */
export function openQueue(url: string, name: string) {
  const path = `${url}/v1/queues/${name}`;
  return {
    name,
    create: (settings: QueueSettings = {}) => call('PUT', path, settings),
    drop: () => call('DELETE', path),
    send: (message: unknown) => callForOne('POST', `${path}/messages`, { body: JSON.stringify(message) }),
    delete: (receiptHandle: string) => callForOne('POST', `${path}/delete`, { receiptHandle }),
    /** Hidden from the others for `visibilityTimeoutSeconds` from now: longer work asks again in time. */
    extend: (receiptHandle: string, visibilityTimeoutSeconds: number) =>
      callForOne('POST', `${path}/visibility`, { receiptHandle, visibilityTimeoutSeconds }),
    /** The next message, or nothing if none came in `waitSeconds`. */
    async receive(waitSeconds: number, signal: AbortSignal): Promise<Delivery | undefined> {
      const { messages = [] } = await call('POST', `${path}/receive`, { maxMessages: 1, waitSeconds }, signal);
      return messages[0];
    },
  };
}

/** A well-formed batch always answers 200: whether its one entry went well is told inside. */
async function callForOne(method: string, url: string, entry: object): Promise<void> {
  const { results } = await call(method, url, { entries: [entry] });
  const error = results?.[0]?.error;
  if (error) throw new QueueError(200, error.code, error.message);
}

const attemptsMax = 5;

/** A 503 means "not now": ask again, a little later each time. A send that is repeated so may arrive twice. */
async function call(method: string, url: string, body?: object, signal?: AbortSignal): Promise<Answer<object>> {
  for (let attempt = 1; ; attempt += 1) {
    const reply = await fetch(url, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      ...(signal && { signal }),
    });
    const text = await reply.text();
    if (reply.ok) return (text === '' ? {} : JSON.parse(text)) as Answer<object>;
    if (reply.status !== 503 || attempt === attemptsMax) throw toQueueError(reply.status, text);
    await sleep(attempt * 500, undefined, { ...(signal && { signal }) });
  }
}

function toQueueError(status: number, text: string): QueueError {
  const { error } = JSON.parse(text) as Answer<object>;
  return new QueueError(status, error?.code ?? 'NoCode', error?.message ?? text);
}
