/** RewindMQ's HTTP API with plain `fetch`, as far as this example needs it. */
export interface Order {
  readonly orderId: string;
  readonly amount: number;
  readonly currency: string;
}

export interface Delivery {
  readonly messageId: string;
  readonly body: string;
  readonly receiptHandle: string;
}

export interface Archived {
  readonly messages: number;
  readonly objects: number;
  readonly folder: string;
}

const BATCH = 1000;

/** The queue at `url`, with everything that the example does to it. */
export function openOrders(url: string, name = 'orders') {
  const path = `${url}/v1/queues/${name}`;
  return {
    /** History of 30 days: what outlives the table is what the archive is for. */
    create: () => call('PUT', path, { retentionSeconds: 30 * 86_400, rewindSeconds: 30 * 86_400 }),
    async send(orders: readonly Order[]): Promise<void> {
      for (let at = 0; at < orders.length; at += BATCH) {
        const entries = orders.slice(at, at + BATCH).map((order) =>
          ({ body: JSON.stringify(order), attributes: { currency: order.currency }, tags: ['shop'] }));
        await call('POST', `${path}/messages`, { entries });
      }
    },
    /** Receive and delete until nothing comes for so long. */
    async consume(waitSeconds = 0): Promise<readonly Delivery[]> {
      const consumed: Delivery[] = [];
      for (;;) {
        const { messages } = await call<{ messages: readonly Delivery[] }>('POST', `${path}/receive`, { maxMessages: BATCH, waitSeconds });
        if (messages.length === 0) return consumed;
        consumed.push(...messages);
        await call('POST', `${path}/delete`, { entries: messages.map(({ receiptHandle }) => ({ receiptHandle })) });
      }
    },
    /** What `npm run archive -- --queue orders` does: now, instead of a day after they were sent. */
    archive: () => call<Archived>('POST', `${url}/local/archive`, { queue: name, olderThanSeconds: 0 }),
    /** Only these, beside the live queue, which is not touched. */
    rewind: (messageIds: readonly string[]) => call<{ rewindId: string }>('POST', `${path}/rewinds`, { filter: { messageIds } }),
  };
}

async function call<T = unknown>(method: string, url: string, body: object): Promise<T> {
  const response = await fetch(url, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
  return (text === '' ? {} : JSON.parse(text)) as T;
}
