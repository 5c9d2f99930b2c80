import { CallerError } from '../errors.ts';
import type { RegistryEntry } from '../ports/queue-table.ts';
import { logOf } from '../subscription.ts';

/** What the name of something that has messages stands for. */
export type Named =
  | { readonly kind: 'queue'; readonly queue: string }
  | { readonly kind: 'topic'; readonly topic: string }
  | { readonly kind: 'subscription'; readonly topic: string; readonly subscription: string };

/** `orders` is a queue, `orders/` a topic, and `orders/risk` the subscription `risk` of that topic. No name given by a user has a slash. */
export function parseName(name: string): Named {
  const [first = '', subscription] = name.split('/', 2);
  if (subscription === undefined) return { kind: 'queue', queue: first };
  return subscription === '' ? { kind: 'topic', topic: first } : { kind: 'subscription', topic: first, subscription };
}

/** Where a name is kept. A subscription's registry is named by the incarnation of its topic. */
export function registryOf(name: string, incarnation: string): Pick<RegistryEntry, 'registry' | 'name'> {
  const named = parseName(name);
  if (named.kind === 'queue') return { registry: 'queue', name: named.queue };
  return named.kind === 'topic' ? { registry: 'topic', name: named.topic } : { registry: logOf(incarnation), name: named.subscription };
}

export const topicName = (topic: string): string => `${topic}/`;

export const subscriptionName = ({ topic, subscription }: { readonly topic: string; readonly subscription: string }): string =>
  `${topic}/${subscription}`;

/** How the archive calls a queue (`orders`) or a topic (`topic.orders`): a part of a path, unlike any other's. */
export function archiveName(name: string): string {
  const named = parseName(name);
  return named.kind === 'topic' ? `topic.${named.topic}` : name;
}

/** `queueNotFound`, `topicNotFound` or `subscriptionNotFound`. */
export function notFound(name: string): CallerError {
  const named = parseName(name);
  if (named.kind === 'queue') return new CallerError('queueNotFound', `there is no queue named ${name}`, { queue: name });
  const { kind, ...details } = named;
  if (kind === 'topic') return new CallerError('topicNotFound', `there is no topic named ${named.topic}`, details);
  return new CallerError('subscriptionNotFound', `there is no subscription named ${named.subscription} of a topic named ${named.topic}`, details);
}
