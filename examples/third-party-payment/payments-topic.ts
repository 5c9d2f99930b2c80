/** RewindMQ's HTTP API with plain `fetch`, as far as this example needs it. */
export interface Payment {
  readonly orderId: string;
  readonly merchant: string;
  readonly cents: number;
  /** `spring` and the like, where a customer came by one. */
  readonly campaign?: string;
}

export interface Delivery {
  readonly messageId: string;
  readonly body: string;
  readonly receiptHandle: string;
}

/** What of a subscription is asked for; see docs/protocol.md, createSubscription. */
export interface Wanted {
  readonly filter?: { readonly tags?: readonly string[]; readonly attributes?: Readonly<Record<string, string>> };
  readonly delivery?: { readonly type: 'http'; readonly url: string; readonly concurrency: number };
  readonly retry?: { readonly type: 'custom'; readonly delaysSeconds: readonly number[]; readonly retries: number };
  readonly deadLetter?: { readonly queue: string };
}

/** The topic at `url`, with everything that the example does to it. */
export function openPayments(url: string, name = 'payments') {
  const path = `${url}/v1/topics/${name}`;
  const undelivered = `${name}-undelivered`;
  return {
    /** The queue for what an endpoint refused at every attempt. */
    undelivered,
    async create(): Promise<void> {
      await call('PUT', `${url}/v1/queues/${undelivered}`, {});
      await call('PUT', path, {});
    },
    /** Answers the secret by which its pushes are signed; undefined of one that is pulled. */
    async subscribe(subscription: string, wanted: Wanted = {}): Promise<string | undefined> {
      const made = await call<{ delivery: { secret?: string } }>('PUT', `${path}/subscriptions/${subscription}`, wanted);
      return made.delivery.secret;
    },
    /** In one write, whatever the number of subscriptions. */
    publish: (payments: readonly Payment[]) => call('POST', `${path}/messages`, {
      entries: payments.map((payment) => ({
        body: JSON.stringify(payment), attributes: { merchant: payment.merchant },
        tags: payment.campaign === undefined ? [] : [`campaign-${payment.campaign}`],
      })),
    }),
    /** What there is, waiting for a first message for up to so long. */
    receive: async (subscription: string, waitSeconds: number): Promise<readonly Delivery[]> =>
      (await call<{ messages: readonly Delivery[] }>('POST', `${path}/subscriptions/${subscription}/receive`, { maxMessages: 100, waitSeconds })).messages,
    delete: (subscription: string, deliveries: readonly Delivery[]) => call('POST', `${path}/subscriptions/${subscription}/delete`, {
      entries: deliveries.map(({ receiptHandle }) => ({ receiptHandle })),
    }),
  };
}

export type PaymentsTopic = ReturnType<typeof openPayments>;

async function call<T = unknown>(method: string, url: string, body: object): Promise<T> {
  const response = await fetch(url, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
  return (text === '' ? {} : JSON.parse(text)) as T;
}
