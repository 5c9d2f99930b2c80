import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startUntil } from '../image-processing/programs.ts';
import { openArchive } from './archive-query.ts';
import { openOrders, type Order } from './orders-queue.ts';

export interface Demonstration {
  readonly orders: number;
  /** Orders that SQL found to be the wrong ones. */
  readonly selected: number;
  /** Of these, how many came again. */
  readonly cameAgain: number;
  readonly problems: readonly string[];
}

type Say = (text: string) => void;

/** A rewind takes effect a few seconds later. */
const WAIT_SECONDS = 6;

/** From the first order to the last wrong one put right. Leaves nothing behind unless told to. */
export async function demonstrate({ orders: count, keep }: { readonly orders: number; readonly keep: boolean }, say: Say): Promise<Demonstration> {
  const folder = await mkdtemp(join(tmpdir(), 'rewindmq-query-'));
  const { program, found: url } = await startUntil({
    file: 'local/main.ts', args: ['--data', join(folder, 'data'), '--port', '0'],
    match: (line) => /RewindMQ listening on (\S+)/.exec(line)?.[1],
  });
  say(`RewindMQ     listens on ${url}`);
  try {
    return await story(url, makeOrders(count), say);
  } finally {
    await program.stop();
    if (keep) say(`kept         everything in ${folder}`);
    else await rm(folder, { recursive: true });
  }
}

async function story(url: string, orders: readonly Order[], say: Say): Promise<Demonstration> {
  const queue = openOrders(url);
  await queue.create();
  await queue.send(orders);
  const consumed = await queue.consume();
  say(`consumer     took and deleted ${consumed.length} of ${orders.length} orders; those in yen it booked wrongly`);

  const { messages, objects, folder } = await queue.archive();
  say(`archiver     put ${messages} messages into ${objects} Parquet files under ${folder}`);
  const wrongIds = await findWrong(folder, say);

  const wrong = orders.filter(isWrong);
  const problems = [...unless(consumed.length === orders.length, `${consumed.length} of ${orders.length} orders were consumed`),
    ...unless(wrongIds.length === wrong.length, `SQL found ${wrongIds.length} of ${wrong.length} wrong orders`)];
  const again = await rewindTo(queue, wrongIds, say);
  const isExact = again.toSorted().join() === wrongIds.toSorted().join();
  return {
    orders: orders.length, selected: wrongIds.length, cameAgain: again.length,
    problems: [...problems, ...unless(isExact, `${again.length} came again, and they are not the ${wrongIds.length} that were selected`)],
  };
}

/** What a bug did is a question about all that went through the queue: one for SQL. */
async function findWrong(folder: string, say: Say): Promise<readonly string[]> {
  const archive = await openArchive(folder, 'orders');
  try {
    const summary = await archive.rows(`
      SELECT attributes['currency'] AS currency, count(*) AS orders, max((body ->> '$.amount')::INTEGER) AS highest,
             min(enqueue_time) AS first_sent
      FROM orders GROUP BY currency ORDER BY currency`);
    for (const { currency, orders, highest } of summary) say(`DuckDB       ${String(currency)}: ${String(orders)} orders, the highest of ${String(highest)}`);
    const wrong = await archive.rows(`
      SELECT message_id FROM orders
      WHERE attributes['currency'] = 'JPY' AND (body ->> '$.amount')::INTEGER >= 9000
      ORDER BY enqueue_time, shard, "offset"`);
    say(`DuckDB       ${wrong.length} orders in yen are wrong`);
    return wrong.map(({ message_id: id }) => String(id));
  } finally {
    archive.close();
  }
}

async function rewindTo(queue: ReturnType<typeof openOrders>, messageIds: readonly string[], say: Say): Promise<readonly string[]> {
  await queue.rewind(messageIds);
  const again = await queue.consume(WAIT_SECONDS);
  say(`rewind       ${again.length} orders came again, and were booked right`);
  return again.map(({ messageId }) => messageId);
}

const CURRENCIES = ['EUR', 'JPY', 'USD', 'EUR'] as const;

/** The same every time. */
const makeOrders = (count: number): readonly Order[] => Array.from({ length: count }, (_, at) => ({
  orderId: `order-${at}`, currency: CURRENCIES[at % CURRENCIES.length] ?? 'EUR', amount: (at * 7919) % 10_000,
}));

const isWrong = ({ currency, amount }: Order): boolean => currency === 'JPY' && amount >= 9000;

const unless = (isRight: boolean, problem: string): readonly string[] => (isRight ? [] : [problem]);
