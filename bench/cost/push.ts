import type { Deps } from '../../lib/core/deps.ts';
import type { JobKey } from '../../lib/core/ports/job-table.ts';
import type { PushEndpoint } from '../../lib/core/ports/push-endpoint.ts';
import { wakePushes } from '../../lib/core/push/pushed-subscriptions.ts';
import { topicName } from '../../lib/core/queue/names.ts';
import { logOf } from '../../lib/core/subscription.ts';
import { createSubscription } from '../../lib/core/topic/create-subscription.ts';
import { createTopic } from '../../lib/core/topic/create-topic.ts';
import { runJob } from '../../lib/housekeeping/run-job.ts';
import type { PathName } from './budget.ts';
import { callFigure, type Figure } from './figure.ts';
import { producerOf, type Station } from './station.ts';
import type { Recording } from './trace.ts';
import type { CostWorld } from './world.ts';

type PushName = Extract<PathName, 'push1' | 'push16' | 'push1000' | 'push1000Together' | 'pushRefused'>;

const SAMPLES = 9;
const PAUSE_MS = 500;
/** By then every process knows that the topic has a pushed subscription, and nobody looks again because of that. */
const KNOWN_MS = 120_000;
const ANSWER_MS = 20;
const TURN_MS = 600_000;

/**
 * What it costs to have messages pushed, from the wake that follows their publication until their runner has ended;
 * the publication itself is not in it. Ten deliveries at the same time.
 */
export async function measurePush(world: CostWorld, scale: number): Promise<Record<PushName, Figure>> {
  const many = Math.ceil(1000 * Math.min(1, scale));
  return {
    push1: await measurePushes(await pushStation(world, 'pushed-1'), { batches: 1, batch: 1, samples: SAMPLES }),
    push16: await measurePushes(await pushStation(world, 'pushed-16'), { batches: 1, batch: 16, samples: SAMPLES }),
    push1000: await measurePushes(await pushStation(world, 'pushed-many'), { batches: many, batch: 1, samples: 1 }),
    push1000Together: await measurePushes(await pushStation(world, 'pushed-together'), { batches: 1, batch: 1000, samples: 1 }),
    pushRefused: await measurePushes(await pushStation(world, 'refused', { refusals: 1 }), { batches: 1, batch: 1, samples: SAMPLES }),
  };
}

interface PushStation {
  readonly world: CostWorld;
  readonly publish: Station['send'];
  /** Everything that was published since the last time. */
  readonly push: () => Promise<Recording<void>>;
  /** Messages that the endpoint has accepted. */
  readonly accepted: () => number;
}

/** A topic with one pushed subscription. Who is told of publications, and who delivers, are processes of their own. */
async function pushStation(world: CostWorld, topic: string, { refusals = 0 } = {}): Promise<PushStation> {
  const owner = world.newProcess();
  await createTopic(owner, { name: topic, settings: {} });
  const { subscription: { incarnation } } = await createSubscription(owner, {
    topic, name: 'merchants', settings: {}, filter: {},
    push: { delivery: { kind: 'http', url: 'https://example.com/', format: 'json' }, concurrency: 10, skipsConfirmation: true },
  });
  world.advance(KNOWN_MS);
  const jobs: JobKey[] = [];
  const waker: Deps = { ...world.newProcess(), kickJob: async (job) => void jobs.push(job) };
  const process = world.newProcess();
  const endpoint = endpointOf(process, refusals);
  const runner: Deps = { ...process, pushEndpoint: endpoint };
  return {
    world,
    publish: producerOf(world, topicName(topic)),
    push: () => world.trace.record(async () => {
      await wakePushes(waker, logOf(incarnation));
      for (const job of jobs.splice(0)) await runToTheEnd(runner, job);
    }),
    accepted: endpoint.accepted,
  };
}

/** Refuses each message so often, and takes its time for each answer. */
function endpointOf({ system, pushEndpoint }: Deps, refusals: number): PushEndpoint & Pick<PushStation, 'accepted'> {
  const refused = new Map<string, number>();
  let accepted = 0;
  return {
    ...pushEndpoint,
    accepted: () => accepted,
    async post({ headers }) {
      const id = headers['webhook-id'] ?? '';
      const before = refused.get(id) ?? 0;
      await system.sleep(ANSWER_MS);
      if (before < refusals) {
        refused.set(id, before + 1);
        return { kind: 'answered', status: 503, body: '' };
      }
      accepted += 1;
      return { kind: 'answered', status: 200, body: '' };
    },
  };
}

async function runToTheEnd(runner: Deps, job: JobKey): Promise<void> {
  for (;;) {
    const end = await runJob(runner, job, { untilMs: runner.system.now() + TURN_MS });
    if (end.kind === 'ended') return;
    await runner.system.sleep(Math.max(0, end.atMs - runner.system.now()));
  }
}

interface Pushes {
  /** Publications before each push, and messages in each of them. */
  readonly batches: number;
  readonly batch: number;
  readonly samples: number;
}

async function measurePushes(station: PushStation, { batches, batch, samples }: Pushes): Promise<Figure> {
  const calls: Recording<unknown>[] = [];
  // The first one starts cold.
  await pushAll(station, { batches: 1, batch: 1 });
  for (let sample = 0; sample < samples; sample += 1) calls.push(await pushAll(station, { batches, batch }));
  return callFigure(calls, batches * batch);
}

async function pushAll({ world, publish, push, accepted }: PushStation, { batches, batch }: Omit<Pushes, 'samples'>): Promise<Recording<unknown>> {
  const before = accepted();
  for (let sent = 0; sent < batches; sent += 1) await publish(batch);
  const call = await push();
  const pushed = accepted() - before;
  if (pushed !== batches * batch) throw new Error(`${pushed} of ${batches * batch} messages were pushed`);
  world.advance(PAUSE_MS);
  return call;
}
