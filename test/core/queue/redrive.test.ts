import { describe, expect, it } from 'vitest';
import { deleteQueue } from '../../../lib/core/queue/delete-queue.ts';
import { listRedrives, readRedrive, resumeRedrives, runRedrive, startRedrive, type StartRedriveRequest } from '../../../lib/core/queue/redrive.ts';
import type { FaultPlan } from '../../support/faulty-table.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { entries, entry, faultyDeps, newQueue, type QueueCalls, queueCalls, refusalOf, textsOf, throughOther } from '../queue-calls.ts';
import { TIMEOUT_MS, NEVER, letDie, redrive } from '../redrive-calls.ts';

interface Queues { readonly orders: QueueCalls; readonly dead: QueueCalls }

async function queuesOf(deps: MemoryDeps): Promise<Queues> {
  const dead = await newQueue(deps, {}, 'dead');
  return { dead, orders: await newQueue(deps, { deadLetter: { queue: 'dead', maxReceiveCount: 1 } }) };
}

describe('a redrive', () => {
  it('brings dead letters back to where they came from, as they were, to be received anew', async () => {
    const deps = memoryDeps();
    const { orders, dead } = await queuesOf(deps);
    await orders.send(entry('a', { attributes: { x: 'y' }, tags: ['t'] }), 'b');
    await letDie(deps, orders);
    expect(await redrive(deps)).toMatchObject({ state: 'completed', moved: 2, skipped: 0 });
    const back = await orders.receive();
    expect(back.map(({ body, attributes, tags, receiveCount }) => ({ body, attributes, tags, receiveCount }))).toEqual([
      { body: { kind: 'text', text: 'a' }, attributes: { x: 'y' }, tags: ['t'], receiveCount: 1 },
      { body: { kind: 'text', text: 'b' }, attributes: {}, tags: [], receiveCount: 1 },
    ]);
    expect(back[0]).not.toHaveProperty('origin');
    deps.clock.advance(100_000);
    expect(await dead.receive(10, { waitSeconds: 5 })).toEqual([]);
  });

  it('sorts the letters of several queues', async () => {
    const deps = memoryDeps();
    const { orders } = await queuesOf(deps);
    const others = await newQueue(deps, { deadLetter: { queue: 'dead', maxReceiveCount: 1 } }, 'others');
    for (let sends = 0; sends < 3; sends += 1) {
      await orders.send(`orders ${sends}`);
      await others.send(`others ${sends}`);
    }
    await letDie(deps, orders);
    await letDie(deps, others);
    expect(await redrive(deps)).toMatchObject({ moved: 6 });
    expect(textsOf(await orders.receiveAll()).toSorted()).toEqual(['orders 0', 'orders 1', 'orders 2']);
    expect(textsOf(await others.receiveAll()).toSorted()).toEqual(['others 0', 'others 1', 'others 2']);
  });

  it('moves thousands', async () => {
    const deps = memoryDeps();
    const { orders } = await queuesOf(deps);
    await orders.send(...entries(1000));
    await orders.send(...entries(500));
    await letDie(deps, orders);
    expect(await redrive(deps)).toMatchObject({ state: 'completed', moved: 1500 });
    expect((await orders.receiveAll()).length).toBe(1500);
  });

  it('takes those that were received and came back, leaves those in flight', async () => {
    const deps = memoryDeps();
    const { orders, dead } = await queuesOf(deps);
    for (const text of ['given back', 'timed out', 'in flight', 'never received']) await orders.send(text);
    await letDie(deps, orders);
    const letters = new Map((await dead.receiveAll()).map((letter) => [textsOf([letter])[0], letter]));
    await dead.change([letters.get('never received')!, letters.get('given back')!], 0);
    await dead.change([letters.get('in flight')!], 600);
    deps.clock.advance(TIMEOUT_MS);
    expect(await redrive(deps)).toMatchObject({ moved: 3 });
    expect(textsOf(await orders.receiveAll()).toSorted()).toEqual(['given back', 'never received', 'timed out']);
    expect(await dead.delete([letters.get('in flight')!])).toEqual(['deleted']);
  });

  it('of some takes only those, the rest stays available', async () => {
    const deps = memoryDeps();
    const { orders, dead } = await queuesOf(deps);
    await orders.send('a', 'b', 'c', 'd');
    await letDie(deps, orders);
    const letters = await dead.receiveAll();
    await dead.change(letters, 0);
    const chosen = letters.filter(({ body }) => body.kind === 'text' && ['b', 'd'].includes(body.text)).map(({ messageId }) => messageId);
    expect(await redrive(deps, { messageIds: chosen })).toMatchObject({ moved: 2, skipped: 0 });
    expect(textsOf(await orders.receiveAll()).toSorted()).toEqual(['b', 'd']);
    deps.clock.advance(3000);
    expect(textsOf(await dead.receive(10, { waitSeconds: 5 })).toSorted()).toEqual(['a', 'c']);
  });

  it('of some that nobody received yet leaves the others for the next consumer', async () => {
    const deps = memoryDeps();
    const { orders, dead } = await queuesOf(deps);
    await orders.send('a', 'b', 'c');
    await letDie(deps, orders);
    const shown = await dead.receive(1, { visibilityTimeoutSeconds: 1 });
    const other = shown[0]!.messageId.replace(/0$/, '1');
    expect(await redrive(deps, { messageIds: [other] })).toMatchObject({ moved: 1 });
    expect(textsOf(await orders.receiveAll())).toEqual(['b']);
    deps.clock.advance(3000);
    expect(textsOf(await dead.receive(10, { waitSeconds: 5 })).toSorted()).toEqual(['a', 'c']);
  });

  it('leaves what it does not know the origin of, and says how many', async () => {
    const deps = memoryDeps();
    const { orders, dead } = await queuesOf(deps);
    await dead.send('sent here by somebody');
    await orders.send('a');
    await letDie(deps, orders);
    expect(await redrive(deps)).toMatchObject({ moved: 1, skipped: 1 });
    expect(textsOf(await dead.receive(10, { waitSeconds: 5 }))).toEqual(['sent here by somebody']);
  });

  it('leaves letters of a queue that was deleted, also when one of the same name was made since', async () => {
    for (const isMadeAgain of [false, true]) {
      const deps = memoryDeps();
      const { orders, dead } = await queuesOf(deps);
      await orders.send('a', 'b');
      await letDie(deps, orders);
      await deleteQueue(deps, { name: 'orders' });
      if (isMadeAgain) await newQueue(deps);
      expect(await redrive(deps)).toMatchObject({ state: 'completed', moved: 0, skipped: 2 });
      expect(textsOf(await dead.receive(10, { waitSeconds: 5 }))).toEqual(['a', 'b']);
      if (isMadeAgain) expect(await queueCalls(deps).receive()).toEqual([]);
    }
  });

  it('may go to another queue, then also without an origin', async () => {
    const deps = memoryDeps();
    const { orders, dead } = await queuesOf(deps);
    const repair = await newQueue(deps, {}, 'repair');
    await dead.send('sent here by somebody');
    await orders.send('a');
    await letDie(deps, orders);
    expect(await redrive(deps, { to: 'repair' })).toMatchObject({ moved: 2, skipped: 0, to: 'repair' });
    expect(textsOf(await repair.receiveAll()).toSorted()).toEqual(['a', 'sent here by somebody']);
    expect(await orders.receiveAll()).toEqual([]);
  });

  it('leaves letters that arrive after its start, and so ends', async () => {
    const deps = memoryDeps();
    const { orders, dead } = await queuesOf(deps);
    await orders.send('before');
    await letDie(deps, orders);
    const { incarnation, redriveId } = await startRedrive(deps, { name: 'dead' });
    deps.clock.advance(1);
    await orders.send('after');
    await letDie(deps, orders);
    await runRedrive(deps, { incarnation, redriveId, untilMs: NEVER });
    expect(textsOf(await orders.receiveAll())).toEqual(['before']);
    expect(textsOf(await dead.receiveAll())).toEqual(['after']);
  });

  it('of an empty queue is completed at once', async () => {
    const deps = memoryDeps();
    await queuesOf(deps);
    expect(await redrive(deps)).toMatchObject({ state: 'completed', moved: 0, skipped: 0 });
  });

  it('is refused to itself, to or of a queue that is not there, and for what is no message id', async () => {
    const deps = memoryDeps();
    await queuesOf(deps);
    const start = (request: Partial<StartRedriveRequest>) => refusalOf(startRedrive(deps, { name: 'dead', ...request }));
    expect(await start({ to: 'dead' })).toBe('malformedRequest');
    expect(await start({ to: 'nowhere' })).toBe('queueNotFound');
    expect(await start({ name: 'nowhere' })).toBe('queueNotFound');
    expect(await start({ messageIds: ['?'] })).toBe('messageNotFound');
    expect(await start({ messageIds: [] })).toBe('parameterOutOfRange');
    expect(deps.kicked).toEqual([]);
  });
});

describe('progress', () => {
  it('is read by id and listed, newest first', async () => {
    const deps = memoryDeps();
    await queuesOf(deps);
    const started = [];
    for (let starts = 0; starts < 3; starts += 1) {
      deps.clock.advance(1);
      started.unshift((await startRedrive(deps, { name: 'dead' })).redriveId);
    }
    expect((await listRedrives(deps, { name: 'dead' })).map(({ redriveId }) => redriveId)).toEqual(started);
    expect(await refusalOf(readRedrive(deps, { name: 'dead', redriveId: 'unknown' }))).toBe('redriveNotFound');
    expect(await refusalOf(readRedrive(deps, { name: 'orders', redriveId: started[0]! }))).toBe('redriveNotFound');
  });

  it('is stored step by step: a runner whose time is up stops, another goes on', async () => {
    const deps = memoryDeps();
    const { orders } = await queuesOf(deps);
    for (let sends = 0; sends < 3; sends += 1) await orders.send(...entries(100));
    await letDie(deps, orders);
    const { incarnation, redriveId } = await startRedrive(deps, { name: 'dead' });
    for (const moved of [100, 200, 300]) {
      const other = memoryDeps({ world: deps.world });
      expect(await runRedrive(other, { incarnation, redriveId, untilMs: deps.clock.now() })).toBe(false);
      expect(await readRedrive(deps, { name: 'dead', redriveId })).toMatchObject({ state: 'running', moved });
    }
    expect(await runRedrive(deps, { incarnation, redriveId, untilMs: NEVER })).toBe(true);
    expect(await readRedrive(deps, { name: 'dead', redriveId })).toMatchObject({ state: 'completed', moved: 300 });
    expect((await orders.receiveAll()).length).toBe(300);
  });

  it('is made by one runner at a time', async () => {
    const deps = memoryDeps();
    const { orders } = await queuesOf(deps);
    await orders.send(...entries(300));
    await letDie(deps, orders);
    const { incarnation, redriveId } = await startRedrive(deps, { name: 'dead' });
    const runners = [deps, memoryDeps({ world: deps.world }), memoryDeps({ world: deps.world })];
    await Promise.all(runners.map((process) => runRedrive(process, { incarnation, redriveId, untilMs: NEVER })));
    expect(await readRedrive(deps, { name: 'dead', redriveId })).toMatchObject({ state: 'completed', moved: 300 });
    expect((await orders.receiveAll()).length).toBe(300);
  });
});

describe('a runner that dies', () => {
  const dying = async (where: Omit<FaultPlan, 'fault'>) => {
    const { deps, table } = faultyDeps();
    const { orders, dead } = await queuesOf(deps);
    for (let sends = 0; sends < 3; sends += 1) await orders.send(`${sends}`);
    await letDie(deps, orders);
    const { incarnation, redriveId } = await startRedrive(deps, { name: 'dead' });
    table.fail({ fault: 'before', ...where });
    await expect(runRedrive(deps, { incarnation, redriveId, untilMs: NEVER })).rejects.toThrow('injected');
    return { deps, dead, incarnation, redriveId };
  };

  it('is noticed after half a minute by whoever asks for the progress, not before', async () => {
    const { deps, redriveId } = await dying({ method: 'put', pkPrefix: 'l/', times: 3 });
    const kicks = deps.kicked.length;
    const { runnerUntilMs } = await readRedrive(deps, { name: 'dead', redriveId });
    deps.clock.advance(runnerUntilMs - deps.clock.now());
    await readRedrive(deps, { name: 'dead', redriveId });
    expect(deps.kicked.length).toBe(kicks);
    deps.clock.advance(1);
    await readRedrive(deps, { name: 'dead', redriveId });
    expect(deps.kicked.at(-1)).toMatchObject({ jobId: redriveId });
    expect(deps.kicked.length).toBe(kicks + 1);
  });

  it('is left alone as long as its claim holds', async () => {
    const { deps, incarnation, redriveId } = await dying({ method: 'put', pkPrefix: 'l/', times: 3 });
    const other = memoryDeps({ world: deps.world });
    const before = await readRedrive(other, { name: 'dead', redriveId });
    expect(await runRedrive(other, { incarnation, redriveId, untilMs: NEVER })).toBe(true);
    expect(await readRedrive(other, { name: 'dead', redriveId })).toEqual(before);
  });

  it('is noticed by a round of all queues', async () => {
    const { deps, incarnation, redriveId } = await dying({ method: 'put', pkPrefix: 'l/', times: 3 });
    const other = memoryDeps({ world: deps.world });
    await resumeRedrives(other, [{ incarnation }]);
    expect(other.kicked).toEqual([]);
    deps.clock.advance(30_001);
    await resumeRedrives(other, [{ incarnation }]);
    expect(other.kicked).toEqual([{ kind: 'redrive', incarnation, jobId: redriveId }]);
  });

  it.each([
    ['before the append', { method: 'put', pkPrefix: 'l/', times: 3 }], ['before the settle', { method: 'update', pkPrefix: 'c/' }],
    ['before it notes the progress', { method: 'put', pkPrefix: 'j/', after: 1 }],
  ] as const)('%s loses nothing: another one completes the job', async (_, where) => {
    const { deps, dead, incarnation, redriveId } = await dying(where);
    const other = memoryDeps({ world: deps.world });
    deps.clock.advance(31_000);
    await runRedrive(other, { incarnation, redriveId, untilMs: NEVER });
    expect((await readRedrive(other, { name: 'dead', redriveId })).state).toBe('completed');
    expect(new Set(textsOf(await throughOther(deps).receiveAll()))).toEqual(new Set(['0', '1', '2']));
    deps.clock.advance(100_000);
    expect(await dead.receive(10, { waitSeconds: 5 })).toEqual([]);
  });
});
