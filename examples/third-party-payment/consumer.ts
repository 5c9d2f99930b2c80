import type { Payment, PaymentsTopic } from './payments-topic.ts';

const WAIT_SECONDS = 1;

/** Pull a subscription until told to stop: what was handled is deleted, what was not comes again. */
export async function consume(
  topic: PaymentsTopic, subscription: string, handle: (payment: Payment) => Promise<void>, signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const deliveries = await topic.receive(subscription, WAIT_SECONDS);
    for (const { body } of deliveries) await handle(JSON.parse(body) as Payment);
    if (deliveries.length > 0) await topic.delete(subscription, deliveries);
  }
}
