import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createQueue } from '../../lib/core/queue/create-queue.ts';
import { readRedrive, startRedrive } from '../../lib/core/queue/redrive.ts';
import { receiveMessages } from '../../lib/core/queue/receive-messages.ts';
import { sendMessages } from '../../lib/core/queue/send-messages.ts';
import { openMachineStore } from '../../lib/wiring/on-one-machine.ts';
import { createDeps } from '../../lib/wiring/rewindmq.ts';
import { engineBinary } from '../../local/engine-binary.ts';
import { type Engine, startEngine } from '../../local/engine.ts';
import { openStore } from '../../local/store.ts';
import { until } from './support/until.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const text = (body: string) => ({ body: { kind: 'text' as const, text: body }, attributes: {}, tags: [] });

let engine: Engine;

beforeEach(async () => {
  engine = await startEngine({ binary: engineBinary(), onPid: async () => {}, log });
});
afterEach(() => engine.stop());

/** A server that dies right after it has stored a redrive. */
const dyingServer = async () =>
  createDeps({ ...await openMachineStore({ endpoint: engine.endpoint }), publishedTo: () => {}, kickJob: async () => {}, log });

describe('openStore', () => {
  it('goes on with a redrive that the server before had begun', async () => {
    const before = await dyingServer();
    await createQueue(before, { name: 'dead', settings: {} });
    await createQueue(before, { name: 'jobs', settings: {} });
    await sendMessages(before, { name: 'dead', entries: [text('a'), text('b'), text('c')] });
    const { redriveId } = await startRedrive(before, { name: 'dead', to: 'jobs' });

    const store = await openStore({ endpoint: engine.endpoint, log });
    await until(async () => (await readRedrive(before, { name: 'dead', redriveId })).state === 'completed');
    const moved = await receiveMessages(store.deps, { name: 'jobs', maxMessages: 10 });
    expect(moved.map(({ body }) => (body.kind === 'text' ? body.text : '')).toSorted()).toEqual(['a', 'b', 'c']);
    await store.stop();
  });

  it('runs a redrive beside the requests', async () => {
    const store = await openStore({ endpoint: engine.endpoint, log });
    await createQueue(store.deps, { name: 'dead', settings: {} });
    await createQueue(store.deps, { name: 'jobs', settings: {} });
    await sendMessages(store.deps, { name: 'dead', entries: [text('a')] });
    const { redriveId } = await startRedrive(store.deps, { name: 'dead', to: 'jobs' });
    await until(async () => (await readRedrive(store.deps, { name: 'dead', redriveId })).state === 'completed');
    await store.stop();
  });
});
