import type { Cast } from './demonstration.ts';
import { type Merchant, RETRY_SECONDS } from './merchant.ts';
import type { Payment } from './payments-topic.ts';

/** What has to come out. */
export interface Expected {
  readonly accepted: readonly Payment[];
  readonly refused: number;
  /** Shops that had to wait until the one that was down was up again. */
  readonly waiting: readonly string[];
  readonly down: string;
  readonly suspect: string;
  readonly campaign: string;
}

/** Two clocks read one after the other. */
const TOLERANCE_MS = 50;

/** What is not as it should be, a line each. */
export function problemsOf({ gateway, merchants, campaign }: Pick<Cast, 'gateway' | 'merchants' | 'campaign'>, expected: Expected): readonly string[] {
  const { accepted, refused, waiting, down, suspect } = expected;
  const orders = accepted.filter((payment) => payment.campaign === expected.campaign).map(({ orderId }) => orderId);
  return [
    ...merchants.flatMap((merchant) => ofMerchant(merchant, accepted)),
    ...merchants.filter(({ name }) => name === down).flatMap(ofRetries),
    ...waiting.map((name) => `${name} had to wait because ${down} was down`),
    ...unless(gateway.blocked.size === 1 && gateway.blocked.has(suspect), `blocked are ${[...gateway.blocked].join(', ') || 'none'}, and not ${suspect} alone`),
    ...unless(refused > 0, 'no payment was refused, though a merchant was blocked'),
    ...unless(isSame([...campaign.orders], orders), `the campaign has ${campaign.orders.size} orders, of ${orders.length}`),
  ];
}

function ofMerchant({ name, payments, forged }: Merchant, accepted: readonly Payment[]): readonly string[] {
  const own = accepted.filter(({ merchant }) => merchant === name).map(({ orderId }) => orderId);
  return [
    ...unless(isSame([...payments.keys()], own), `${name} has ${payments.size} payments, of ${own.length}`),
    ...unless(forged() === 0, `${name} got ${forged()} pushes without a good signature`),
  ];
}

/** Numbered one after the other, and never sooner than the policy says. */
function ofRetries({ name, attempts }: Merchant): readonly string[] {
  const histories = [...attempts.values()];
  const isInOrder = histories.every((history) => history.every(({ number }, at) => number === at + 1));
  const isPatient = histories.every((history) => history.every(({ atMs }, at) => {
    const before = history[at - 1];
    const pauseSeconds = RETRY_SECONDS[at - 1] ?? RETRY_SECONDS[RETRY_SECONDS.length - 1] ?? 0;
    return before === undefined || atMs - before.atMs >= 1000 * pauseSeconds - TOLERANCE_MS;
  }));
  return [
    ...unless(histories.some((history) => history.length > 1), `${name} was down, and no payment was tried again`),
    ...unless(isInOrder, `${name} saw attempts out of their order`),
    ...unless(isPatient, `${name} saw an attempt before the pause of its policy was over`),
  ];
}

const isSame = (a: readonly string[], b: readonly string[]): boolean => a.toSorted().join() === b.toSorted().join();

const unless = (isRight: boolean, problem: string): readonly string[] => (isRight ? [] : [problem]);
