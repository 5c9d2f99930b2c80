import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Asked } from './http-server.ts';

/** An attempt that is older may be somebody's who has recorded it. */
const AGE_SECONDS_MAX = 300;

/**
 * Is a push really from the subscription that this secret is of? By the convention "Standard Webhooks", which
 * libraries do in many languages; here it is by hand, to show how little it is.
 */
export function isGenuine({ headers, body }: Asked, secret: string): boolean {
  const [id, timestamp, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => String(headers[name] ?? ''));
  const ageSeconds = Math.abs(Date.now() / 1000 - Number(timestamp));
  if (!(ageSeconds <= AGE_SECONDS_MAX)) return false;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const expected = Buffer.from(`v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`);
  // By the convention there may be several, separated by spaces: one that is right is enough.
  return (signature ?? '').split(' ').map((one) => Buffer.from(one)).some((given) => given.length === expected.length && timingSafeEqual(given, expected));
}
