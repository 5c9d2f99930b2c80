import { lineSupply } from '../log-lines.ts';
import { treeCpuMs } from '../process-tree.ts';
import type { Broker } from './broker.ts';
import { type EndpointProcess, startEndpoint } from './endpoint-process.ts';
import { jsonClient, type JsonClient } from './json-client.ts';
import type { ThroughputOptions } from './options.ts';
import { median } from './report.ts';
import { startRewindmq } from './rewindmq-broker.ts';

/** Messages that wait for a healthy endpoint, how many at a time it gets, and how long it is to take for each. */
export interface PushCase {
  readonly messages: number;
  readonly concurrency: number;
  readonly answerMs: number;
}

/** One round of a case. */
export interface PushMeasure extends PushCase {
  /** What an answer took on the mean, as the endpoint saw it: timers of a busy machine are late. */
  readonly tookMs: number;
  /** From the first request to the last answer. */
  readonly elapsedMs: number;
  /** From the request that makes the subscription to the first delivery. */
  readonly firstAfterMs: number;
  readonly mostAtOnce: number;
  /** Requests beyond one a message. */
  readonly repeated: number;
  /** CPU time of the server with its database, for 1,000 messages; undefined where the system does not tell. */
  readonly serverCpuMsPerThousand: number | undefined;
}

export type PushRound = readonly PushMeasure[];

const PUBLISH_BATCH = 100;
const WARM_UP: PushCase = { messages: 1000, concurrency: 10, answerMs: 1 };
const CASES: readonly PushCase[] = [
  { messages: 1000, concurrency: 10, answerMs: 20 },
  { messages: 2000, concurrency: 100, answerMs: 200 },
  { messages: 5000, concurrency: 100, answerMs: 20 },
];

/** Each case on a topic of its own, one after the other, on a server that was just started. */
export async function measurePush({ profileDir }: Pick<ThroughputOptions, 'profileDir'>): Promise<PushRound> {
  const broker = await startRewindmq({ profileDir });
  const client = jsonClient(broker.target.url);
  try {
    await measureCase(broker, client, WARM_UP, 'warm-up');
    const measures: PushMeasure[] = [];
    for (const [at, one] of CASES.entries()) measures.push(await measureCase(broker, client, one, `case-${at + 1}`));
    return measures;
  } finally {
    client.close();
    await broker.stop();
  }
}

async function measureCase({ pid }: Broker, client: JsonClient, { messages, concurrency, answerMs }: PushCase, topic: string): Promise<PushMeasure> {
  const endpoint = await startEndpoint({ answerMs, messages });
  try {
    const startMs = Date.now();
    await client.call('PUT', `/v1/topics/${topic}`, {});
    await publish(client, topic, messages);
    const beforeMs = await treeCpuMs(pid);
    const subscribedMs = Date.now();
    await subscribe(client, topic, { url: endpoint.url, concurrency, from: new Date(startMs).toISOString() });
    const { firstAtMs, lastAtMs, requests, ...seen } = await endpoint.seen();
    const afterMs = await treeCpuMs(pid);
    return {
      messages, concurrency, answerMs, ...seen,
      elapsedMs: lastAtMs - firstAtMs, firstAfterMs: firstAtMs - subscribedMs, repeated: requests - messages,
      serverCpuMsPerThousand: beforeMs === undefined || afterMs === undefined ? undefined : (afterMs - beforeMs) / messages * 1000,
    };
  } finally {
    endpoint.stop();
  }
}

async function publish(client: JsonClient, topic: string, messages: number): Promise<void> {
  const nextBody = lineSupply();
  for (let sent = 0; sent < messages; sent += PUBLISH_BATCH) {
    const entries = Array.from({ length: PUBLISH_BATCH }, () => ({ body: nextBody() }));
    const { failed } = await client.call<{ readonly failed: number }>('POST', `/v1/topics/${topic}/messages`, { entries });
    if (failed > 0) throw new Error(`${failed} messages were not published`);
  }
}

/** Made after what it is to get was published, so that all of it waits. */
const subscribe = (
  client: JsonClient, topic: string, { url, concurrency, from }: Pick<EndpointProcess, 'url'> & { readonly concurrency: number; readonly from: string },
): Promise<unknown> => client.call('PUT', `/v1/topics/${topic}/subscriptions/pushed`, {
  from: { time: from }, delivery: { type: 'http', url, concurrency, skipConfirmation: true },
});

export interface PushCaseReport extends PushCase {
  /** Medians of the rounds. */
  readonly elapsedMs: number;
  /** Messages × answer time / concurrency: what the endpoint could have taken. */
  readonly idealMs: number;
  /** The median of elapsed over ideal: 1 where nothing but the endpoint limits it. */
  readonly ratio: number;
  readonly rounds: readonly PushMeasure[];
  readonly firstAfterMs: number;
  readonly serverCpuMsPerThousand?: number;
}

const idealMs = ({ messages, concurrency, tookMs }: PushMeasure): number => messages * tookMs / concurrency;

export const pushReport = (rounds: readonly PushRound[]): readonly PushCaseReport[] =>
  (rounds[0] ?? []).map((one, at) => caseReport(one, rounds.flatMap((round) => round[at] ?? [])));

function caseReport({ messages, concurrency, answerMs }: PushCase, rounds: readonly PushMeasure[]): PushCaseReport {
  const of = (value: (measure: PushMeasure) => number): number => median(rounds.map(value));
  const cpuMs = rounds.flatMap(({ serverCpuMsPerThousand }) => serverCpuMsPerThousand ?? []);
  return {
    messages, concurrency, answerMs, rounds,
    elapsedMs: Math.round(of(({ elapsedMs }) => elapsedMs)),
    idealMs: Math.round(of(idealMs)),
    ratio: Math.round(of((measure) => measure.elapsedMs / idealMs(measure)) * 100) / 100,
    firstAfterMs: Math.round(of(({ firstAfterMs }) => firstAfterMs)),
    ...(cpuMs.length === 0 ? {} : { serverCpuMsPerThousand: Number(median(cpuMs).toPrecision(3)) }),
  };
}

/** The same for people. */
export const pushTable = (cases: readonly PushCaseReport[]): string => [
  '| messages | at a time | an answer | the endpoint could take | took | ratio | first after | server, CPU per 1,000 |', '|---|---|---|---|---|---|---|---|',
  ...cases.map(({ messages, concurrency, answerMs, ...one }) => `| ${messages} | ${concurrency} | ${answerMs} ms | ${one.idealMs} ms | ${one.elapsedMs} ms `
    + `| ${one.ratio} | ${one.firstAfterMs} ms | ${one.serverCpuMsPerThousand === undefined ? '' : `${one.serverCpuMsPerThousand} ms`} |`),
].join('\n');
