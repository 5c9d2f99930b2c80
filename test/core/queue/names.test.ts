import { describe, expect, it } from 'vitest';
import { notFound, parseName, registryOf, subscriptionName, topicName } from '../../../lib/core/queue/names.ts';

describe('a name', () => {
  it('stands for a queue, a topic or a subscription', () => {
    expect(parseName('orders')).toEqual({ kind: 'queue', queue: 'orders' });
    expect(parseName(topicName('orders'))).toEqual({ kind: 'topic', topic: 'orders' });
    expect(parseName(subscriptionName({ topic: 'orders', subscription: 'risk' }))).toEqual({ kind: 'subscription', topic: 'orders', subscription: 'risk' });
  });

  it('is kept in the registry of its kind', () => {
    expect(registryOf('orders', 'q1')).toEqual({ registry: 'queue', name: 'orders' });
    expect(registryOf('orders/', 't1')).toEqual({ registry: 'topic', name: 'orders' });
    expect(registryOf('orders/risk', 't1.s1')).toEqual({ registry: 't1', name: 'risk' });
  });

  it.each([
    ['orders', 'queueNotFound', { queue: 'orders' }],
    ['orders/', 'topicNotFound', { topic: 'orders' }],
    ['orders/risk', 'subscriptionNotFound', { topic: 'orders', subscription: 'risk' }],
  ])('that is not there is told of as what it stands for: %s', (name, kind, details) => {
    expect(notFound(name)).toMatchObject({ kind, details });
  });
});
