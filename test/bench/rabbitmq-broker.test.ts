import { describe, expect, it } from 'vitest';
import { startRabbitmq } from '../../bench/throughput/rabbitmq-broker.ts';

describe('RabbitMQ for the benchmark', () => {
  it('says how to install it where it is not', async () => {
    await expect(startRabbitmq({ program: '/nowhere/rabbitmq-server' })).rejects.toThrow('apt-get install rabbitmq-server');
  });
});
