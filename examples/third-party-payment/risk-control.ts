import { consume } from './consumer.ts';
import type { Gateway } from './gateway.ts';
import type { PaymentsTopic } from './payments-topic.ts';

/** More than this within the window is a jump. */
const VOLUME_CENTS_MAX = 500_000;
const WINDOW_MS = 60_000;

export interface RiskControl {
  readonly seen: () => number;
  readonly ended: Promise<void>;
}

/** Sees every payment, and has the gateway block a merchant whose volume jumps. */
export async function watchVolumes(topic: PaymentsTopic, { url }: Pick<Gateway, 'url'>, signal: AbortSignal): Promise<RiskControl> {
  await topic.subscribe('risk');
  const volumes = new Map<string, { readonly atMs: number; readonly cents: number }[]>();
  let seen = 0;
  const ended = consume(topic, 'risk', async ({ merchant, cents }) => {
    seen += 1;
    const nowMs = Date.now();
    const recent = [...volumes.get(merchant) ?? [], { atMs: nowMs, cents }].filter(({ atMs }) => nowMs - atMs < WINDOW_MS);
    volumes.set(merchant, recent);
    if (recent.reduce((sum, one) => sum + one.cents, 0) > VOLUME_CENTS_MAX) {
      const { ok, status } = await fetch(`${url}/blocked`, { method: 'POST', body: JSON.stringify({ merchant }) });
      if (!ok) throw new Error(`the gateway answered ${status} to the blocking of ${merchant}`);
    }
  }, signal);
  return { seen: () => seen, ended };
}
