import { consume } from './consumer.ts';
import type { PaymentsTopic } from './payments-topic.ts';

export interface CampaignService {
  /** Orders that a customer gets a voucher for. */
  readonly orders: ReadonlySet<string>;
  readonly ended: Promise<void>;
}

/** Sees the payments of one campaign only: the filter holds back all others. */
export async function countCampaign(topic: PaymentsTopic, campaign: string, signal: AbortSignal): Promise<CampaignService> {
  await topic.subscribe(`campaign-${campaign}`, { filter: { tags: [`campaign-${campaign}`] } });
  const orders = new Set<string>();
  const ended = consume(topic, `campaign-${campaign}`, async ({ orderId }) => {
    orders.add(orderId);
  }, signal);
  return { orders, ended };
}
