import { serve } from './http-server.ts';
import type { Payment, PaymentsTopic } from './payments-topic.ts';

export interface Gateway {
  readonly url: string;
  readonly blocked: ReadonlySet<string>;
  readonly stop: () => Promise<void>;
}

/**
 * Takes payments for all merchants, and tells whom it concerns by publishing them once.
 *
 *   POST /payments  a payment; 202, or 403 where its merchant is blocked
 *   POST /blocked   {"merchant": "…"}: take no more for that one
 */
export async function openGateway(topic: PaymentsTopic): Promise<Gateway> {
  const blocked = new Set<string>();
  const server = await serve(async ({ path, body }) => {
    if (path === '/blocked') {
      blocked.add((JSON.parse(body) as { merchant: string }).merchant);
      return { status: 204 };
    }
    const payment = JSON.parse(body) as Payment;
    if (blocked.has(payment.merchant)) return { status: 403 };
    await topic.publish([payment]);
    return { status: 202 };
  });
  return { ...server, blocked };
}
