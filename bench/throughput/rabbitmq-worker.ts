import { type Channel, type ConfirmChannel, connect } from 'amqplib';
import { logLines } from '../log-lines.ts';
import type { LoadTask, Worker } from './broker.ts';

const BODIES = 2_000;
const IDLE_MS = 1_000;

/** A connection with publisher confirms, or with manual acknowledgements and prefetch = batch. */
export async function rabbitmqWorker({ target, queue, role, batch }: LoadTask, seed: number): Promise<Worker> {
  const connection = await connect(target.url);
  const channel = await connection.createConfirmChannel();
  const once = role === 'produce' ? producer(channel, queue, { batch, seed }) : await consumer(channel, queue, batch);
  return { once, close: () => connection.close() };
}

function producer(channel: ConfirmChannel, queue: string, { batch, seed }: { readonly batch: number; readonly seed: number }) {
  const bodies = logLines(BODIES, seed);
  let next = 0;
  return async (): Promise<number> => {
    for (let count = 0; count < batch; count++) {
      channel.sendToQueue(queue, Buffer.from(bodies[next++ % BODIES]!), { persistent: true });
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
  let lastTag = 0;
  let wake = () => {};
  const enough = Math.max(1, Math.floor(batch / 2));
  await channel.prefetch(batch);
  await channel.consume(queue, (message) => {
    if (message === null) return;
    // Readable text, as the consumer of an HTTP answer has it.
    message.content.toString('utf8');
    waiting += 1;
    lastTag = message.fields.deliveryTag;
    if (waiting >= enough) wake();
  });
  return async (): Promise<number> => {
    if (waiting < enough) await new Promise<void>((resolve) => {
      const idle = setTimeout(resolve, IDLE_MS);
      wake = () => { clearTimeout(idle); resolve(); };
    });
    const count = waiting;
    if (count > 0) channel.ack({ fields: { deliveryTag: lastTag } } as Parameters<Channel['ack']>[0], true);
    waiting = 0;
    return count;
  };
}
