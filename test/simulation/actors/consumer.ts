import { changeVisibility } from '../../../lib/core/queue/change-visibility.ts';
import { deleteMessages } from '../../../lib/core/queue/delete-messages.ts';
import { receiveMessages } from '../../../lib/core/queue/receive-messages.ts';
import type { Holding } from '../ledger.ts';
import type { Actor, Stage } from '../stage.ts';
import { Violation } from '../violation.ts';

/** Receives, works for a while, and finishes: all of it, some, too late, or not at all; keeps old handles and tries them again. */
export const consumer: Actor = consumerOf('orders');

export function consumerOf(queue: string): Actor {
  return {
    enter(stage) {
      const kept: Holding[] = [];
      return async () => {
        const held = await receive(stage, queue);
        const deed = stage.dice.next();
        if (held.length > 0 && deed < 0.85) await work(stage, queue, held);
        kept.push(...held.filter(() => stage.dice.chance(0.3)));
        if (kept.length > 0 && stage.dice.chance(0.15)) await remove(stage, queue, some(stage, kept));
        if (kept.length > 0 && stage.dice.chance(0.05)) await extend(stage, queue, some(stage, kept), stage.dice.pick([0, 3]));
        kept.splice(0, Math.max(0, kept.length - 200));
      };
    },
  };
}

async function receive(stage: Stage, queue: string): Promise<readonly Holding[]> {
  const { dice, world } = stage;
  const own = dice.chance(0.25) ? { visibilityTimeoutSeconds: dice.pick([1, 3, 20, 600]) } : {};
  const waitSeconds = dice.pick([0, 0, 1, 3]);
  const maxMessages = dice.pick(world.profile.receives);
  const reply = await stage.ask('receive', (deps) => receiveMessages(deps, { name: queue, maxMessages, waitSeconds, ...own }));
  return reply.kind === 'answered' ? world.ledger.delivered(stage.name, reply.instance, reply.value) : [];
}

async function work(stage: Stage, queue: string, held: readonly Holding[]): Promise<void> {
  const { dice, world } = stage;
  await world.scheduler.sleep(dice.magnitude(1, dice.pick([20, 500, 6000])));
  const deed = dice.next();
  if (deed < 0.1) { await extend(stage, queue, held, 0); return; }
  if (deed < 0.25) {
    await extend(stage, queue, some(stage, held), dice.pick([1, 2, 30, 700]));
    await world.scheduler.sleep(dice.magnitude(1, 3000));
  }
  const isPart = dice.chance(0.4);
  await remove(stage, queue, isPart ? some(stage, held) : held);
  if (isPart && dice.chance(0.5)) await remove(stage, queue, held);
}

/** At least one, and often a stretch, as consumers that work through a batch have it. */
function some({ dice }: Stage, holdings: readonly Holding[]): readonly Holding[] {
  if (dice.chance(0.5)) return holdings.slice(0, dice.between(1, holdings.length));
  const chosen = holdings.filter(() => dice.chance(0.4));
  return chosen.length > 0 ? chosen : holdings.slice(0, 1);
}

async function remove(stage: Stage, queue: string, holdings: readonly Holding[]): Promise<void> {
  const { world, dice } = stage;
  const askedAtMs = world.scheduler.nowMs;
  for (const holding of holdings) world.ledger.deleteAsked(holding);
  const handles = holdings.map(({ receiptHandle }) => receiptHandle);
  const forgedAt = dice.chance(0.1) ? handles.length : -1;
  if (forgedAt >= 0) handles.push(forged(handles[0]!));
  const reply = await stage.ask('delete', (deps) => deleteMessages(deps, { name: queue, entries: handles.map((receiptHandle) => ({ receiptHandle })) }));
  if (reply.kind !== 'answered') return;
  world.checked(8);
  if (reply.value.length !== handles.length) world.fail(new Violation(8, `${handles.length} entries, ${reply.value.length} results`));
  reply.value.forEach((result, at) => {
    const holding = holdings[at];
    const kind = result.kind === 'deleted' ? 'deleted' : errorKind(result.error);
    // Handles of a queue that was deleted are foreign to the one that bears its name now.
    if (!world.book.wasRebuilt(queue) && (at === forgedAt) !== (kind === 'receiptHandleInvalid') && kind !== 'receiptHandleRewound') {
      world.fail(new Violation(at === forgedAt ? 4 : 8, `entry ${at} of a delete was answered ${kind}`, [holding?.messageId ?? 'forged']));
    }
    if (holding && (kind === 'deleted' || kind === 'receiptHandleStale')) {
      world.ledger.deleteAnswered(holding, askedAtMs, kind === 'deleted' ? 'deleted' : 'stale');
    }
  });
}

const errorKind = (error: Error): string => ('kind' in error ? String(error.kind) : error.name);

/** The handle of another position, with the tag of this one. */
const forged = (handle: string): string => handle.replace(/^1:(.)/, (_, first: string) => `1:${first === 'x' ? 'y' : 'x'}`);

async function extend(stage: Stage, queue: string, holdings: readonly Holding[], seconds: number): Promise<void> {
  const { world } = stage;
  const askedAtMs = world.scheduler.nowMs;
  for (const holding of holdings) {
    if (seconds === 0) holding.isReleased = true;
    world.ledger.changeAsked(holding, askedAtMs + seconds * 1000);
  }
  const entries = holdings.map(({ receiptHandle }) => ({ receiptHandle, visibilityTimeoutSeconds: seconds }));
  const reply = await stage.ask('change visibility', (deps) => changeVisibility(deps, { name: queue, entries }));
  if (reply.kind !== 'answered') return;
  reply.value.forEach((result, at) => {
    const holding = holdings[at];
    if (result.kind === 'changed' && holding) world.ledger.changeAnswered(holding, reply.instance.trueMs(result.visibleAtMs));
  });
}
