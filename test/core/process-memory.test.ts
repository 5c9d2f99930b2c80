import { expect, it } from 'vitest';
import type { MessageContent } from '../../lib/core/message.ts';
import { inLine, processMemory, rememberContents, rememberedContents, sleepUntilSent, wakeSleepers } from '../../lib/core/process-memory.ts';
import { bounds } from '../../lib/core/timing.ts';
import { segmentOf } from '../contract/samples.ts';

/** Sleeps until it is told to stop. */
const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => { signal.addEventListener('abort', () => resolve(), { once: true }); });

it('runs the tasks of one line one after another, and those of another line meanwhile', async () => {
  const memory = processMemory();
  const seen: string[] = [];
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => { release = resolve; });
  const first = inLine(memory, 'a', async () => { seen.push('a1 begins'); await gate; seen.push('a1 ends'); });
  const second = inLine(memory, 'a', async () => { seen.push('a2'); });
  await inLine(memory, 'b', async () => { seen.push('b'); });
  release();
  await Promise.all([first, second]);
  expect(seen).toEqual(['a1 begins', 'b', 'a1 ends', 'a2']);
});

it('goes on after a task that failed, tells only its caller, and forgets the line', async () => {
  const memory = processMemory();
  const failed = inLine(memory, 'a', async () => { throw new Error('mine'); });
  const next = inLine(memory, 'a', async () => 'next');
  await expect(failed).rejects.toThrow('mine');
  expect(await next).toBe('next');
  expect(memory.lines.size).toBe(0);
});

it('wakes all who wait for that queue, and nobody else', async () => {
  const memory = processMemory();
  const awake: string[] = [];
  const waiting = ['orders', 'orders', 'other'].map(async (queue) => {
    await sleepUntilSent(memory, queue, untilAborted);
    awake.push(queue);
  });
  wakeSleepers(memory, 'orders');
  await Promise.all(waiting.slice(0, 2));
  expect(awake).toEqual(['orders', 'orders']);
  expect([...memory.sleepers.keys()]).toEqual(['other']);
  wakeSleepers(memory, 'other');
  await Promise.all(waiting);
  expect(memory.sleepers.size).toBe(0);
});

it('stops sleeping when the caller goes away, and does not begin when he has gone', async () => {
  const memory = processMemory();
  const caller = new AbortController();
  const sleeping = sleepUntilSent(memory, 'orders', untilAborted, caller.signal);
  caller.abort();
  await sleeping;
  let hasSlept = false;
  await sleepUntilSent(memory, 'orders', async () => { hasSlept = true; }, caller.signal);
  expect(hasSlept).toBe(false);
  expect(memory.sleepers.size).toBe(0);
});

it.each([
  ['text', 'x'.repeat(1024 * 1024), 1, 40], ['many messages', 'x', 10_000, 20],
])('forgets segments by what they hold in memory, however well they pack: %s', (_, text, count, segments) => {
  const memory = processMemory();
  const content: MessageContent = { body: { kind: 'text', text }, attributes: {}, tags: [] };
  const all = Array.from({ length: segments }, (__, at) => segmentOf({ base: at * count, count }));
  for (const segment of all) rememberContents(memory, segment, Array.from({ length: count }, () => content), 100);
  expect(rememberedContents(memory, all[0]!)).toBeUndefined();
  expect(rememberedContents(memory, all[segments - 1]!)).toHaveLength(count);
  expect(memory.segments.size).toBeLessThan(bounds.cachedSegmentBytes / (count * text.length));
});
