import { deleteMessages } from '../../../lib/core/queue/delete-messages.ts';
import type { SendEntry } from '../../../lib/core/queue/send-messages.ts';
import { epochMs } from '../../../lib/core/time.ts';
import type { Actor, Stage } from '../stage.ts';
import { entryOf, send } from './sender.ts';

const DAY_SECONDS = 86_400;

/** Sends messages for later, from a second to a year, many for the same instant, and takes some back. */
export const delayer: Actor = {
  enter(stage) {
    const cancellable: string[] = [];
    return async () => {
      if (cancellable.length > 0 && stage.dice.chance(0.2)) {
        await cancel(stage, 'orders', cancellable.splice(stage.dice.between(0, cancellable.length - 1), 1));
        return;
      }
      const count = Math.min(10, stage.dice.pick(stage.world.profile.batches));
      const entries = Array.from({ length: count }, () => ({ ...entryOf(stage), ...later(stage) }));
      const reply = await send(stage, 'send delayed', { name: 'orders', entries });
      if (reply.kind === 'answered') cancellable.push(...reply.value);
    };
  },
};

/** Absolute times are on the full second, so that they often coincide. */
export function later({ dice, world }: Stage): Pick<SendEntry, 'delaySeconds' | 'deliverAtMs'> {
  const seconds = dice.chance(0.05) ? 365 * DAY_SECONDS : Math.ceil(dice.magnitude(1, dice.pick([5, 60, 3600, 10 * DAY_SECONDS])));
  if (dice.chance(0.5)) return { delaySeconds: seconds };
  return { deliverAtMs: epochMs(Math.ceil(world.scheduler.nowMs / 1000 + Math.min(seconds, dice.pick([1, 3, 60]))) * 1000) };
}

export async function cancel({ ask, world: { ledger } }: Stage, name: string, ids: readonly string[]): Promise<void> {
  for (const messageId of ids) ledger.cancelAsked(name, messageId);
  const owners = ids.map((messageId) => ledger.ownerOf(name, messageId));
  const reply = await ask('cancel', (deps) => deleteMessages(deps, { name, entries: ids.map((messageId) => ({ messageId })) }));
  if (reply.kind !== 'answered') return;
  reply.value.forEach(({ kind }, at) => {
    const messageId = ids[at];
    if (kind === 'deleted' && messageId !== undefined) ledger.cancelAnswered(messageId, owners[at] ?? '');
  });
}
