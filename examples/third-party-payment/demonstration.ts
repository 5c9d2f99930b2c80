import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
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
/** Long enough for the pauses of 1, 2 and 4 s. */
const DOWN_MS = 8000;
/** Its volume jumps. */
const SUSPECT = 'gadgets';
const CAMPAIGN = 'spring';
const PATIENCE_MS = 60_000;
/** Customers that pay at the same time. */
const CUSTOMERS = 10;

/** From the first payment until each has come to whom it concerns. Leaves nothing behind. */
export async function demonstrate({ payments: count }: { readonly payments: number }, say: Say): Promise<Demonstration> {
  const folder = await mkdtemp(join(tmpdir(), 'rewindmq-payment-'));
  const { program, found: url } = await startUntil({
    file: 'local/main.ts', args: ['--data', join(folder, 'data'), '--port', '0'],
    match: (line) => /RewindMQ listening on (\S+)/.exec(line)?.[1],
  });
  // Also when it is interrupted.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
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
    const told = story({ gateway, merchants, risk, campaign }, makePayments(count), say).finally(() => consumers.abort());
    // A consumer that fails ends it all, and says why.
    const [outcome] = await Promise.all([told, risk.ended, campaign.ended]);
    return outcome;
  } finally {
    consumers.abort();
    for (const part of parts) await part.stop();
    await program.stop();
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
  const [down, others] = [merchants.filter(({ name }) => name === DOWN), merchants.filter(({ name }) => name !== DOWN)];
  for (const shop of down) shop.setDown(true);
  say(`${DOWN.padEnd(12)} is down`);
  const downUntilMs = Date.now() + DOWN_MS;
  const ordinary = await pay(gateway, payments);
  say(`gateway      took ${ordinary.length} payments for ${merchants.length} merchants`);
  await until(() => risk.seen() >= ordinary.length);

  const burst = await pay(gateway, makeBurst('burst'));
  await until(() => gateway.blocked.has(SUSPECT));
  const late = makeBurst('late');
  const accepted = [...ordinary, ...burst, ...await pay(gateway, late)];
  const refused = payments.length + 2 * late.length - accepted.length;
  if (gateway.blocked.has(SUSPECT)) say(`risk         saw the volume of ${SUSPECT} jump and had it blocked; ${refused} payments were refused after that`);

  const hasAll = ({ name, payments: got }: Merchant) => got.size >= accepted.filter(({ merchant }) => merchant === name).length;
  await until(() => others.every(hasAll));
  const waiting = others.filter((shop) => !hasAll(shop)).map(({ name }) => name);
  await pause(Math.max(0, downUntilMs - Date.now()));
  for (const shop of down) shop.setDown(false);
  say(`${DOWN.padEnd(12)} is up again; the others ${waiting.length === 0 ? 'have theirs already' : 'still wait for theirs'}`);
  await until(() => merchants.every(hasAll));
  await until(() => campaign.orders.size >= accepted.filter((payment) => payment.campaign === CAMPAIGN).length);
  report(cast, say);
  return { accepted, refused, problems: problemsOf(cast, { accepted, refused, waiting, down: DOWN, suspect: SUSPECT, campaign: CAMPAIGN }) };
}

function report({ merchants, campaign }: Cast, say: Say): void {
  for (const { name, payments, attempts } of merchants) {
    const tries = [...attempts.values()].reduce((sum, one) => sum + one.length, 0);
    say(`${name.padEnd(12)} has ${payments.size} payments, after ${tries} attempts`);
  }
  say(`campaign     has ${campaign.orders.size} orders of ${CAMPAIGN}`);
}

/** Those that the gateway took. */
async function pay({ url }: Gateway, payments: readonly Payment[]): Promise<readonly Payment[]> {
  const left = payments.values();
  const accepted: Payment[] = [];
  await Promise.all(Array.from({ length: CUSTOMERS }, async () => {
    for (const payment of left) {
      const reply = await fetch(`${url}/payments`, { method: 'POST', body: JSON.stringify(payment) });
      const answer = await reply.text();
      if (reply.status === 202) accepted.push(payment);
      else if (reply.status !== 403) throw new Error(`the gateway answered ${reply.status} to ${payment.orderId}: ${answer}`);
    }
  }));
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
const makeBurst = (kind: string): readonly Payment[] => Array.from({ length: 20 }, (_, at) => ({
  orderId: `${kind}-${at}`, merchant: SUSPECT, cents: 30_000,
}));
