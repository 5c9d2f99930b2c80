import { describe, expect, it } from 'vitest';
import { CallerError } from '../../../lib/core/errors.ts';
import { type RewindRequest, windowOf } from '../../../lib/core/queue/rewind-window.ts';
import { viewByName } from '../../../lib/core/queue/view.ts';
import { epochMs } from '../../../lib/core/time.ts';
import { memoryDeps, type MemoryDeps } from '../../support/memory-deps.ts';
import { newQueue, refusalOf } from '../queue-calls.ts';
import { HOUR_MS, rewindable, WEEK_SECONDS } from '../rewind-calls.ts';

const askFor = async (deps: MemoryDeps, more: Partial<RewindRequest>) =>
  windowOf(deps, await viewByName(deps, 'orders', 0), { name: 'orders', ...more });

const from = (atMs: number) => ({ from: { atMs: epochMs(atMs) } });

async function detailsOf(call: Promise<unknown>): Promise<CallerError['details']> {
  const error: unknown = await call.then(() => undefined, (fault: unknown) => fault);
  if (error instanceof CallerError) return error.details;
  throw error;
}

describe('the range of a start', () => {
  it('reaches from rewindSeconds ago to now, both included', async () => {
    const deps = memoryDeps();
    await rewindable(deps);
    const nowMs = deps.clock.now();
    const firstMs = nowMs - WEEK_SECONDS * 1000;
    expect(await askFor(deps, from(firstMs))).toEqual({ from: { atMs: firstMs }, toMs: undefined });
    expect(await askFor(deps, from(nowMs))).toEqual({ from: { atMs: nowMs }, toMs: undefined });
    for (const atMs of [firstMs - 1, nowMs + 1]) {
      expect(await refusalOf(askFor(deps, from(atMs)))).toBe('rewindOutOfRange');
      expect(await detailsOf(askFor(deps, from(atMs)))).toEqual({
        field: 'from', value: new Date(atMs).toISOString(), first: new Date(firstMs).toISOString(), last: new Date(nowMs).toISOString(),
      });
    }
  });

  it('holds for messages too', async () => {
    const deps = memoryDeps();
    const orders = await newQueue(deps, { rewindSeconds: 3600 });
    const [messageId] = await orders.send('a');
    const atMs = deps.clock.now();
    expect(await askFor(deps, { from: { messageId: messageId! } })).toMatchObject({ from: { atMs, exactly: { offset: 0 } } });
    deps.clock.advance(HOUR_MS + 1);
    expect(await refusalOf(askFor(deps, { from: { messageId: messageId! } }))).toBe('rewindOutOfRange');
  });

  it('needs no start where ids are given: it is the whole period', async () => {
    const deps = memoryDeps();
    await rewindable(deps);
    const firstMs = deps.clock.now() - WEEK_SECONDS * 1000;
    expect(await askFor(deps, { filter: { messageIds: ['s-0'] } })).toEqual({ from: { atMs: firstMs }, toMs: undefined });
    expect(await refusalOf(askFor(deps, { filter: { tags: ['a'] } }))).toBe('malformedRequest');
  });

  it('ends after it begins', async () => {
    const deps = memoryDeps();
    await rewindable(deps);
    const atMs = deps.clock.now() - 1000;
    expect(await askFor(deps, { ...from(atMs), toMs: epochMs(atMs + 1) })).toMatchObject({ toMs: atMs + 1 });
    expect(await detailsOf(askFor(deps, { ...from(atMs), toMs: epochMs(atMs) }))).toEqual({ field: 'to', value: new Date(atMs).toISOString(), first: new Date(atMs).toISOString() });
  });
});

it('is refused where rewind is off, before anything else', async () => {
  const deps = memoryDeps();
  await newQueue(deps);
  expect(await refusalOf(askFor(deps, {}))).toBe('rewindIsOff');
});

it('is refused for messages that no queue has, and too many of them', async () => {
  const deps = memoryDeps();
  const orders = await rewindable(deps);
  await orders.send('a');
  const id = 'not an id';
  for (const [asked, field] of [
    [{ from: { messageId: id } }, 'from.messageId'], [{ from: { position: id } }, 'from.position'], [{ filter: { messageIds: ['s-0', id] } }, 'filter.messageIds[1]'],
  ] as const) {
    expect(await refusalOf(askFor(deps, asked))).toBe('messageNotFound');
    expect(await detailsOf(askFor(deps, asked))).toEqual({ field, messageId: id });
  }
  expect(await detailsOf(askFor(deps, { from: { messageId: 'nosuch-0' } }))).toEqual({ field: 'from.messageId', messageId: 'nosuch-0' });
  expect(await refusalOf(askFor(deps, { filter: { messageIds: [] } }))).toBe('parameterOutOfRange');
});
