import { type Answered, type Asked, serve } from './http-server.ts';
import type { Payment, PaymentsTopic } from './payments-topic.ts';
import { isGenuine } from './webhook-signature.ts';

/** Pauses between the attempts of one payment, then 4 s again and again. */
export const RETRY_SECONDS = [1, 2, 4] as const;
/** About seven minutes in all. A shop would rather have a day: `{"type": "exponentialDecay"}`. */
const RETRIES = 100;
const CONCURRENCY = 10;

/** One try of one payment, taken or not. */
export interface Attempt {
  readonly atMs: number;
  readonly number: number;
}

export interface Merchant {
  readonly name: string;
  /** Payments by order, each once, however often it came. */
  readonly payments: ReadonlyMap<string, Payment>;
  /** By message. */
  readonly attempts: ReadonlyMap<string, readonly Attempt[]>;
  /** Pushes that bore no signature of ours. */
  readonly forged: () => number;
  /** From now on every payment is refused, or taken again. */
  readonly setDown: (isDown: boolean) => void;
  readonly stop: () => Promise<void>;
}

/** A shop's server: asked first whether it wants to be pushed to, then pushed each of its own payments. */
export async function openMerchant(topic: PaymentsTopic, name: string): Promise<Merchant> {
  const payments = new Map<string, Payment>();
  const attempts = new Map<string, Attempt[]>();
  let [isDown, forged] = [false, 0];
  /** The question comes before the answer to the creation has told us. */
  const known: { secret?: string | undefined } = {};

  const take = (asked: Asked): Answered => {
    const { messageId, attempt, body } = JSON.parse(asked.body) as { messageId: string; attempt: number; body: string };
    attempts.set(messageId, [...attempts.get(messageId) ?? [], { atMs: Date.now(), number: attempt }]);
    if (isDown) return { status: 503 };
    const payment = JSON.parse(body) as Payment;
    payments.set(payment.orderId, payment);
    return { status: 204 };
  };
  const { url, stop } = await serve(async (asked) => {
    if (asked.headers['rewindmq-type'] === 'confirmation') return { status: 200, body: (JSON.parse(asked.body) as { token: string }).token };
    if (known.secret !== undefined && isGenuine(asked, known.secret)) return take(asked);
    forged += 1;
    return { status: 401 };
  });
  known.secret = await topic.subscribe(`merchant-${name}`, {
    filter: { attributes: { merchant: name } },
    delivery: { type: 'http', url: `${url}/payments`, concurrency: CONCURRENCY },
    retry: { type: 'custom', delaysSeconds: RETRY_SECONDS, retries: RETRIES },
    deadLetter: { queue: topic.undelivered },
  });
  return { name, payments, attempts, forged: () => forged, setDown: (down) => { isDown = down; }, stop };
}
