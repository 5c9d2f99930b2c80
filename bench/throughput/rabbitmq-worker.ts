import { type Channel, type ConfirmChannel, connect, type ConsumeMessage } from 'amqplib';
import { lineSupply } from '../log-lines.ts';
import type { LoadTask, Worker } from './broker.ts';

const IDLE_MS = 1_000;

/** A connection with publisher confirms, or with manual acknowledgements and prefetch = batch. */
export async function rabbitmqWorker({ target, queue, role, batch }: LoadTask, seed: number): Promise<Worker> {
  const connection = await connect(target.url);
  const channel = await connection.createConfirmChannel();
  const once = role === 'produce' ? producer(channel, queue, { batch, seed }) : await consumer(channel, queue, batch);
  return { once, close: () => connection.close() };
}

function producer(channel: ConfirmChannel, queue: string, { batch, seed }: { readonly batch: number; readonly seed: number }) {
  const nextBody = lineSupply(seed);
  return async (): Promise<number> => {
    for (let count = 0; count < batch; count++) {
      channel.sendToQueue(queue, Buffer.from(nextBody()), { persistent: true });
    }
    await channel.waitForConfirms();
    return batch;
  };
}

/**
 * RabbitMQ pushes; whatever has come is acknowledged with one frame as soon as half of the prefetch
 * is there, so that the broker never waits for a full batch to be worked off.
 */
async function consumer(channel: Channel, queue: string, batch: number) {
  let waiting = 0;
  let last: ConsumeMessage | undefined;
  let wake: (() => void) | undefined;
  const enough = Math.max(1, Math.floor(batch / 2));
  await channel.prefetch(batch);
  await channel.consume(queue, (message) => {
    if (message === null) return;
    // Readable text, as the consumer of an HTTP answer has it.
    message.content.toString('utf8');
    waiting += 1;
    last = message;
    if (waiting >= enough) wake?.();
  });
  return async (): Promise<number> => {
    if (waiting < enough) {
      await new Promise<void>((resolve) => {
        const idle = setTimeout(resolve, IDLE_MS);
        wake = () => { clearTimeout(idle); resolve(); };
      });
    }
    const count = waiting;
    if (last) channel.ack(last, true);
    waiting = 0;
    last = undefined;
    return count;
  };
}
