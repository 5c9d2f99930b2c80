import { describe, expect, it } from 'vitest';
import { ObjectUnreadable } from '../../../lib/core/errors.ts';
import { findMessage } from '../../../lib/core/queue/find-message.ts';
import { receiveMessages } from '../../../lib/core/queue/receive-messages.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { entries, textsOf, throughOther } from '../queue-calls.ts';
import { consume } from '../rewind-calls.ts';
import { cool, HOUR_MS, longLived, objectsOf, segmentsOf } from './cold.ts';

const names = (count: number, prefix = 'm'): readonly string[] => Array.from({ length: count }, (_, at) => `${prefix}${at}`);

/** As a new process: what this one remembers of segments would hide what it has to read. */
const other = (deps: MemoryDeps): MemoryDeps => memoryDeps({ world: deps.world });

describe('an object that is missing or damaged', () => {
  const brokenWorld = async (breakIt: (deps: MemoryDeps, key: string) => Promise<void>) => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    await orders.send(...names(10, 'lost'));
    deps.clock.advance(2 * HOUR_MS);
    await orders.send(...names(10, 'kept'));
    await cool(deps);
    const [key] = await objectsOf(deps);
    const bytes = (await deps.objects.getObject(key!))!;
    await breakIt(deps, key!);
    return { deps, key: key!, bytes };
  };
  const damages: readonly [string, (deps: MemoryDeps, key: string) => Promise<void>][] = [
    ['missing', (deps, key) => deps.objects.deleteObject(key)],
    ['cut off', async (deps, key) => deps.objects.putObject(key, (await deps.objects.getObject(key))!.slice(0, -100))],
    ['damaged in its footer', async (deps, key) => {
      const bytes = (await deps.objects.getObject(key))!;
      await deps.objects.putObject(key, bytes.fill(7, bytes.byteLength - 40, bytes.byteLength - 20));
    }],
    ['damaged in its messages', async (deps, key) => deps.objects.putObject(key, (await deps.objects.getObject(key))!.fill(7, 40, 60))],
    ['another one', async (deps, key) => deps.objects.putObject(key, (await deps.objects.getObject((await objectsOf(deps))[1]!))!)],
  ];

  it.each(damages)('%s: is reported with its key, and the rest is delivered', async (_, breakIt) => {
    const { deps, key } = await brokenWorld(breakIt);
    const reader = other(deps);
    const received = await receiveMessages(reader, { name: 'orders', maxMessages: 100 });
    expect(textsOf(received)).toEqual(names(10, 'kept'));
    expect(reader.faults).toEqual([expect.any(ObjectUnreadable)]);
    expect(reader.faults[0]).toMatchObject({ objectKey: key, message: expect.stringContaining(key) as string });
  });

  it('is named to whoever looks for one of its messages', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps);
    const [messageId = ''] = await orders.send(...names(10));
    await cool(deps);
    const [objectKey = ''] = await objectsOf(deps);
    await deps.objects.deleteObject(objectKey);
    await expect(findMessage(other(deps), { name: 'orders', messageId })).rejects.toMatchObject({ name: 'ObjectUnreadable', objectKey });
  });

  it('is looked for again every few minutes, and what it holds comes once it is back', async () => {
    const { deps, key, bytes } = await brokenWorld((world, lost) => world.objects.deleteObject(lost));
    expect(await consume(throughOther(deps))).toEqual(names(10, 'kept'));
    deps.clock.advance(5 * 60_000 + 1000);
    const reader = other(deps);
    for (let looks = 0; looks < 20; looks += 1) {
      expect(await receiveMessages(reader, { name: 'orders', maxMessages: 100 })).toEqual([]);
      deps.clock.advance(1000);
    }
    expect(reader.faults).toHaveLength(1);
    await deps.objects.putObject(key, bytes);
    deps.clock.advance(5 * 60_000);
    expect(await consume(throughOther(deps))).toEqual(names(10, 'lost'));
  });

  it('of a large send stands in nobody\'s way either', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps, { inlineSegmentBytes: 0 });
    await orders.send(...entries(10));
    const [segment] = await segmentsOf(deps);
    const key = segment?.body.kind === 'object' ? segment.body.objectKey : '';
    const bytes = (await deps.objects.getObject(key))!;
    await deps.objects.deleteObject(key);
    await orders.send('behind');
    expect(await consume(throughOther(deps))).toEqual(['behind']);
    await deps.objects.putObject(key, bytes);
    deps.clock.advance(5 * 60_000 + 1000);
    expect(await consume(throughOther(deps))).toEqual(names(10));
  });

  it('of delayed messages stands in nobody\'s way either', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps, { inlineSegmentBytes: 0 });
    await orders.send(...entries(3, { delaySeconds: 10 }));
    const segment = (await segmentsOf(deps)).find(({ lastDueAtMs }) => lastDueAtMs !== undefined);
    const key = segment?.body.kind === 'object' ? segment.body.objectKey : '';
    const bytes = (await deps.objects.getObject(key))!;
    await deps.objects.deleteObject(key);
    deps.clock.advance(11_000);
    await orders.send('ready');
    expect(await consume(throughOther(deps))).toEqual(['ready']);
    await deps.objects.putObject(key, bytes);
    deps.clock.advance(5 * 60_000 + 1000);
    expect(await consume(throughOther(deps))).toEqual(names(3));
  });

  it('of messages that were received before keeps them, and their receipt handles', async () => {
    const deps = memoryDeps();
    const orders = await longLived(deps, { inlineSegmentBytes: 0 });
    await orders.send(...entries(10));
    const received = await orders.receive(10);
    const [segment] = await segmentsOf(deps);
    await deps.objects.deleteObject(segment?.body.kind === 'object' ? segment.body.objectKey : '');
    deps.clock.advance(31_000);
    expect(await throughOther(deps).receive(10)).toEqual([]);
    deps.clock.advance(31_000);
    expect(await throughOther(deps).receive(10)).toEqual([]);
    expect(new Set(await throughOther(deps).delete(received))).toEqual(new Set(['deleted']));
  });
});
