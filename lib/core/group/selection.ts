import type { Deps } from '../deps.ts';
import type { Message, MessageContent } from '../message.ts';
import type { Segment } from '../ports/log-table.ts';
import type { Chains, QueueView, SideChain } from '../ports/queue-table.ts';
import { messageIdAt } from '../position.ts';
import { type Borrowing, borrowingsOver } from './borrowings.ts';
import { settledIn } from './outcomes.ts';
import type { Admission, Pull } from './pull.ts';
import type { ReaderMemory } from './reader-memory.ts';
import { chainsInForce } from './served-chains.ts';
import { isAbout, isAfter, ruleOf, type SelectionRule } from './selection-rule.ts';

/**
 * What a selective rewind hands out again: messages that pass its filter and were settled, when it was
 * made, in the chain they belong to. Those that were not come anyway; handed out here too, two consumers
 * would have them. For the same reason the older of two selections that mean a message goes first:
 *
 *   the older one has not come to it yet        the younger one waits there
 *   it was handed out by the older one, and
 *     somebody holds it, or it comes again      it is left to the older one
 *     was deleted, received before the younger
 *     one was made                              the younger one hands it out
 *     was deleted, received since               that was it
 *
 * undefined when the rewind's record is gone.
 */
export async function selectionOf(deps: Deps, view: QueueView, side: SideChain, memory: ReaderMemory): Promise<Pull['admits'] | undefined> {
  const rule = await ruleOf(deps, view, side, memory);
  if (!rule) return undefined;
  const look: NonNullable<Pull['admits']> = async (segment, contents) => {
    const messages = contents.map((content, position) => messageOf(segment, content, position));
    if (!messages.some(rule.isMeant)) return () => 'no';
    const chains = chainsInForce(view.group, deps.system.now()) ?? view.group;
    const settled = await settledIn(deps, view, chains, segment);
    const wanted = messages.map((message, position) => {
      const became = settled[position];
      return became && isAbout(rule, message, became) ? { message, became } : undefined;
    });
    if (!wanted.some((one) => one)) return () => 'no';
    const borrowedAt = await borrowingsOver(deps, view, olderThan(side, chains), segment, rule.madeAtMs);
    return (position) => {
      const one = wanted[position];
      return one ? admission(borrowedAt(one.message, one.became, segment.base + position), rule) : 'no';
    };
  };
  return onceEach(look);
}

const messageOf = (segment: Segment, content: MessageContent, position: number): Message =>
  ({ ...content, messageId: messageIdAt({ shard: segment.shard, offset: segment.base + position }), enqueuedAtMs: segment.enqueuedAtMs });

/** Side chains are in the order in which they were made. */
const olderThan = ({ chain: { id } }: SideChain, { sides }: Chains): readonly SideChain[] =>
  sides.slice(0, Math.max(0, sides.findIndex(({ chain }) => chain.id === id)));

function admission(borrowed: Borrowing | undefined, { madeAtMs }: SelectionRule): Admission {
  if (borrowed?.kind === 'ahead') return 'later';
  const isTheirs = borrowed?.kind === 'held' || (borrowed?.kind === 'returned' && isAfter(borrowed.atMs, madeAtMs));
  return isTheirs ? 'no' : 'yes';
}

/** A pull that has to begin again, since it took too long, must not look at the leases again: it would never end. */
function onceEach(look: NonNullable<Pull['admits']>): NonNullable<Pull['admits']> {
  const looks = new Map<string, ReturnType<typeof look>>();
  return (segment, contents) => {
    const name = `${segment.shard} ${segment.base}`;
    const known = looks.get(name) ?? look(segment, contents);
    looks.set(name, known);
    return known;
  };
}
