import type { SendEntry } from '../../../lib/core/queue/send-messages.ts';
import { sendMessages, type SendRequest } from '../../../lib/core/queue/send-messages.ts';
import type { Actor, Reply, Stage } from '../stage.ts';

/** More than a message of the simulated queues may have. */
const OVERSIZE_BYTES = 5000;

/** Sends batches; now and then with an entry that is refused for itself. */
export const sender: Actor = {
  enter: (stage) => async () => {
    const count = stage.dice.pick(stage.world.profile.batches);
    const entries = Array.from({ length: count }, () => entryOf(stage));
    if (stage.dice.chance(0.05)) entries[stage.dice.between(0, count - 1)] = entryOf(stage, OVERSIZE_BYTES);
    await send(stage, 'send', { name: 'orders', entries });
  },
};

/** A message that no other is like. */
export function entryOf(stage: Stage, paddingBytes = stage.dice.pick(stage.world.profile.paddings)): SendEntry {
  const padding = Array.from({ length: paddingBytes }, () => stage.dice.between(0, 35).toString(36)).join('');
  return { body: { kind: 'text', text: `${stage.world.newToken()}|${padding}` }, attributes: {}, tags: [] };
}

/** Sends, and notes what was answered for each entry. */
export async function send(stage: Stage, operation: string, request: SendRequest): Promise<Reply<readonly string[]>> {
  const reply = await stage.ask(operation, (deps) => sendMessages(deps, request));
  if (reply.kind !== 'answered') return reply;
  const { ledger } = stage.world;
  const ids = reply.value.flatMap((result, at) => {
    const { body } = request.entries[at]!;
    const token = body.kind === 'text' ? body.text.split('|', 1)[0]! : '';
    if (result.kind === 'sent') { ledger.sent(token, result.messageId); return [result.messageId]; }
    if ('kind' in result.error && result.error.kind === 'messageTooLarge') ledger.refused(token);
    return [];
  });
  return { ...reply, value: ids };
}
