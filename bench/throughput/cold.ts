import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonLog } from '../../lib/platform/log.ts';
import { dynamoDbClient } from '../../lib/storage/dynamodb/client.ts';
import { dynamoDbItemTable } from '../../lib/storage/dynamodb/item-table.ts';
import type { ItemTable } from '../../lib/storage/items/item-table.ts';
import { segmentKey } from '../../lib/storage/items/keys.ts';
import { logTable } from '../../lib/storage/items/log-table.ts';
import { queueTable } from '../../lib/storage/items/queue-table.ts';
import { engineBinary } from '../../local/engine-binary.ts';
import { startEngine } from '../../local/engine.ts';
import type { Broker } from './broker.ts';
import { jsonClient } from './json-client.ts';
import type { ThroughputOptions } from './options.ts';
import { runAlone } from './phases.ts';
import { median } from './report.ts';
import { startRewindmq } from './rewindmq-broker.ts';

/** Messages a second, received and deleted. */
export interface ColdRates {
  readonly hot: number;
  readonly cold: number;
}

/** What the project promises: from the archive at least half as fast as from the table. */
export const COLD_GOAL = 0.5;

const [HOT, COLD] = ['hot', 'cold'] as const;
const MONTH_SECONDS = 30 * 86_400;

/**
 * Two queues with the same messages, of which one is archived and then taken out of the table, as TTL
 * would after eight days; then both are emptied, one after the other, by a server that was just started.
 */
export async function measureCold(options: ThroughputOptions): Promise<ColdRates> {
  const dataDir = await mkdtemp(join(tmpdir(), 'rewindmq-bench-'));
  try {
    await withServer(dataDir, options, (broker) => fill(broker, options));
    await letGo(dataDir, COLD);
    return await withServer(dataDir, options, async (broker) => {
      const rateOf = async (queue: string) => (await runAlone(broker, options, { queue, role: 'consume' })).messagesPerSecond;
      // The first consumer warms the server up.
      await rateOf(`${HOT}-first`);
      return { hot: await rateOf(HOT), cold: await rateOf(COLD) };
    });
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function withServer<T>(dataDir: string, { profileDir }: ThroughputOptions, work: (broker: Broker) => Promise<T>): Promise<T> {
  const broker = await startRewindmq({ profileDir, dataDir });
  try {
    return await work(broker);
  } finally {
    await broker.stop();
  }
}

async function fill(broker: Broker, options: ThroughputOptions): Promise<void> {
  const client = jsonClient(broker.target.url);
  for (const queue of [`${HOT}-first`, HOT, COLD]) {
    await client.call('PUT', `/v1/queues/${queue}`, { visibilityTimeoutSeconds: 300, retentionSeconds: MONTH_SECONDS });
    await runAlone(broker, options, { queue, role: 'produce' });
  }
  const { messages } = await client.call<{ readonly messages: number }>('POST', '/local/archive', { queue: COLD, olderThanSeconds: 0 });
  client.close();
  if (messages === 0) throw new Error('nothing was archived');
}

/** What the server may not do: its own table is emptied behind its back, while it is not running. */
async function letGo(dataDir: string, queue: string): Promise<void> {
  const engine = await startEngine({
    binary: engineBinary(), databaseFile: join(dataDir, 'table.db'), onPid: async () => {}, log: jsonLog({ level: 'silent' }),
  });
  const client = dynamoDbClient({ endpoint: engine.endpoint, region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
  try {
    await removeSegments(dynamoDbItemTable({ client, tableName: 'rewindmq' }), queue);
  } finally {
    client.destroy();
    await engine.stop();
  }
}

async function removeSegments(table: ItemTable, queue: string): Promise<void> {
  const [queues, log] = [queueTable(table), logTable(table)];
  const incarnation = (await queues.readName('queue', queue))?.incarnation ?? '';
  const view = await queues.readView(incarnation, { consistent: true });
  const former = await queues.listRetiredShards(incarnation, 0, 1000);
  for (const { id: shard } of [...view?.definition.shards ?? [], ...former]) {
    for (;;) {
      const segments = await log.listSegments({ log: incarnation, shard, from: 0, limit: 1000, consistent: true });
      if (segments.length === 0) break;
      for (const segment of segments) await table.remove(segmentKey(segment));
    }
  }
}

export interface ColdReport {
  readonly batch: number;
  readonly hot: number;
  readonly cold: number;
  readonly rounds: readonly ColdRates[];
  /** Of the medians. */
  readonly ratio: number;
  readonly goal: number;
}

export function coldReport({ batch }: Pick<ThroughputOptions, 'batch'>, rounds: readonly ColdRates[]): ColdReport {
  const hot = Math.round(median(rounds.map((round) => round.hot)));
  const cold = Math.round(median(rounds.map((round) => round.cold)));
  return { batch, hot, cold, rounds, ratio: Math.round(cold / hot * 100) / 100, goal: COLD_GOAL };
}

export const coldTable = ({ batch, hot, cold, ratio, goal }: ColdReport): string =>
  [`| consume, batch ${batch} | from the table | from the archive | ratio (goal ${goal}) |`, '|---|---|---|---|', `| messages a second | ${hot} | ${cold} | ${ratio} |`].join('\n');
