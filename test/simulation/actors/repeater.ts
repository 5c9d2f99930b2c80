import { epochMs } from '../../../lib/core/time.ts';
import type { SendEntry, SendRequest } from '../../../lib/core/queue/send-messages.ts';
import type { Actor, Stage } from '../stage.ts';
import { entryOf, send } from './sender.ts';

/** Sends under an idempotency key, and again until it has an answer, and sometimes once more: nothing may arrive twice. */
export const repeater: Actor = repeaterTo({ name: 'orders', operation: 'send once', newEntry: (stage) => entryOf(stage, 10) });

export interface Repeated {
  readonly name: string;
  readonly operation: string;
  readonly newEntry: (stage: Stage) => SendEntry;
}

export function repeaterTo(repeated: Repeated): Actor {
  return { enter(stage) {
    let repeats = 0;
    let request: SendRequest | undefined;
    return async () => {
      request ??= newRequest(stage, repeated);
      repeats += 1;
      const sent = request;
      const twice = stage.dice.chance(0.2) ? [sent, sent] : [sent];
      const replies = await Promise.all(twice.map((one) => send(stage, repeated.operation, one)));
      const isAnswered = replies.some(({ kind }) => kind === 'answered');
      if ((isAnswered && stage.dice.chance(0.7)) || repeats > 5) { request = undefined; repeats = 0; }
    };
  } };
}

function newRequest(stage: Stage, { name, newEntry }: Repeated): SendRequest {
  const { dice, world } = stage;
  const count = Math.min(5, dice.pick(world.profile.batches));
  const entries = Array.from({ length: count }, () => {
    const entry = newEntry(stage);
    if (dice.chance(0.6)) return entry;
    return dice.chance(0.5) ? { ...entry, delaySeconds: 2 } : { ...entry, deliverAtMs: epochMs(Math.ceil(world.scheduler.nowMs / 1000 + 1) * 1000) };
  });
  return { name, entries, idempotencyKey: `key-${world.newToken()}` };
}
