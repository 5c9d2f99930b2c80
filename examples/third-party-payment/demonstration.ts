import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startUntil } from '../image-processing/programs.ts';
import { type CampaignService, countCampaign } from './campaign-service.ts';
import { problemsOf } from './check-outcome.ts';
import { type Gateway, openGateway } from './gateway.ts';
import { type Merchant, openMerchant } from './merchant.ts';
import { openPayments, type Payment } from './payments-topic.ts';
import { type RiskControl, watchVolumes } from './risk-control.ts';

export interface Demonstration {
  readonly accepted: readonly Payment[];
  readonly refused: number;
  readonly problems: readonly string[];
}

type Say = (text: string) => void;

const MERCHANTS = ['bakery', 'books', 'bikes', 'gadgets'] as const;
/** Its server is down at first. */
const DOWN = 'bikes';
const DOWN_MS = 5000;
/** Its volume jumps. */
const SUSPECT = 'gadgets';
const CAMPAIGN = 'spring';
const PATIENCE_MS = 60_000;

/** From the first payment until each has come to whom it concerns. Leaves nothing behind. */
export async function demonstrate({ payments: count }: { readonly payments: number }, say: Say): Promise<Demonstration> {
  const folder = await mkdtemp(join(tmpdir(), 'rewindmq-payment-'));
  const { program, found: url } = await startUntil({
    file: 'local/main.ts', args: ['--data', join(folder, 'data'), '--port', '0'],
    match: (line) => /RewindMQ listening on (\S+)/.exec(line)?.[1],
  });
  say(`RewindMQ     listens on ${url}`);
  const consumers = new AbortController();
  const parts: { readonly stop: () => Promise<void> }[] = [];
  try {
    const topic = openPayments(url);
    await topic.create();
    const gateway = await openGateway(topic);
    parts.push(gateway);
    const merchants: Merchant[] = [];
    for (const name of MERCHANTS) {
      const merchant = await openMerchant(topic, name);
      merchants.push(merchant);
      parts.push(merchant);
    }
    const risk = await watchVolumes(topic, gateway, consumers.signal);
    const campaign = await countCampaign(topic, CAMPAIGN, consumers.signal);
    const told = await story({ gateway, merchants, risk, campaign }, makePayments(count), say);
    consumers.abort();
    await Promise.all([risk.ended, campaign.ended]);
    return told;
  } finally {
    consumers.abort();
    for (const part of parts) await part.stop();
    await program.stop();
    await rm(folder, { recursive: true });
  }
}

export interface Cast {
  readonly gateway: Gateway;
  readonly merchants: readonly Merchant[];
  readonly risk: RiskControl;
  readonly campaign: CampaignService;
}

async function story(cast: Cast, payments: readonly Payment[], say: Say): Promise<Demonstration> {
  const { gateway, merchants, risk, campaign } = cast;
  const down = merchants.find(({ name }) => name === DOWN);
  down?.setDown(true);
  say(`${DOWN.padEnd(12)} is down`);
  const downUntilMs = Date.now() + DOWN_MS;
  const accepted = await pay(gateway, payments);
  say(`gateway      took ${accepted.length} payments for ${merchants.length} merchants`);
  await until(() => risk.seen() >= accepted.length);

  const burst = await pay(gateway, makeBurst());
  await until(() => gateway.blocked.has(SUSPECT));
  const after = await pay(gateway, makeBurst('late'));
  say(`risk         saw the volume of ${SUSPECT} jump and had it blocked; ${makeBurst().length - after.length} payments were refused after that`);

  await pause(Math.max(0, downUntilMs - Date.now()));
  down?.setDown(false);
  say(`${DOWN.padEnd(12)} is up again, with ${payments.filter(({ merchant }) => merchant === DOWN).length} payments to come`);
  const all = [...accepted, ...burst, ...after];
  await until(() => merchants.every(({ name, payments: got }) => got.size >= all.filter(({ merchant }) => merchant === name).length));
  await until(() => campaign.orders.size >= all.filter((payment) => payment.campaign === CAMPAIGN).length);
  for (const { name, payments: got, attempts } of merchants) {
    const tries = [...attempts.values()].reduce((sum, one) => sum + one.length, 0);
    say(`${name.padEnd(12)} has ${got.size} payments, after ${tries} attempts`);
  }
  say(`campaign     has ${campaign.orders.size} orders of ${CAMPAIGN}`);
  const refused = payments.length + 2 * makeBurst().length - all.length;
  return { accepted: all, refused, problems: problemsOf(cast, { accepted: all, refused, down: DOWN, suspect: SUSPECT, campaign: CAMPAIGN }) };
}

/** Those that the gateway took. */
async function pay({ url }: Gateway, payments: readonly Payment[]): Promise<readonly Payment[]> {
  const accepted: Payment[] = [];
  for (const payment of payments) {
    const { status } = await fetch(`${url}/payments`, { method: 'POST', body: JSON.stringify(payment) });
    if (status === 202) accepted.push(payment);
  }
  return accepted;
}

/** Until it is so, or patience ends: what is missing then is found by the check. */
async function until(isSo: () => boolean): Promise<void> {
  const endMs = Date.now() + PATIENCE_MS;
  while (!isSo() && Date.now() < endMs) await pause(50);
}

/** The same every time: small amounts, every fifth by the campaign. */
const makePayments = (count: number): readonly Payment[] => Array.from({ length: count }, (_, at) => ({
  orderId: `order-${at}`, merchant: MERCHANTS[at % MERCHANTS.length] ?? SUSPECT, cents: 500 + (at * 7919) % 1000,
  ...(at % 5 === 0 ? { campaign: CAMPAIGN } : {}),
}));

/** Twenty large ones for one merchant at once. */
const makeBurst = (kind = 'burst'): readonly Payment[] => Array.from({ length: 20 }, (_, at) => ({
  orderId: `${kind}-${at}`, merchant: SUSPECT, cents: 30_000,
}));
