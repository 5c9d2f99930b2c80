import type { Deps } from '../deps.ts';
import { matcherOf, type MessageFilter } from '../message-filter.ts';
import type { QueueView, SideChain } from '../ports/queue-table.ts';
import { messageIdAt } from '../position.ts';
import { outcomesIn } from './outcomes.ts';
import type { Pull } from './pull.ts';
import type { ReaderMemory } from './reader-memory.ts';
import { chainsInForce } from './served-chains.ts';

/**
 * What a selective rewind hands out again: messages that pass its filter and are settled in the chain
 * they belong to. Those that are not come anyway; handed out here too, two consumers would have them.
 * undefined when the rewind's record is gone.
 */
export async function selectionOf(deps: Deps, view: QueueView, { rewindId }: SideChain, memory: ReaderMemory): Promise<Pull['admits'] | undefined> {
  const filter = memory.filter ?? await filterOf(deps, view, rewindId);
  if (!filter) return undefined;
  memory.filter = filter;
  const isMeant = matcherOf(filter);
  const look: NonNullable<Pull['admits']> = async (segment, contents) => {
    const meant = contents.map((content, position) => isMeant({
      ...content, messageId: messageIdAt({ shard: segment.shard, offset: segment.base + position }), enqueuedAtMs: segment.enqueuedAtMs,
    }));
    if (!meant.includes(true)) return () => false;
    const chains = chainsInForce(view.group, deps.system.now()) ?? view.group;
    const outcomes = await outcomesIn(deps, view, chains, segment);
    return (position) => {
      const outcome = outcomes[position];
      return meant[position] === true && outcome !== undefined && (filter.outcome ?? outcome) === outcome;
    };
  };
  return onceEach(look);
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

const filterOf = async (deps: Deps, view: QueueView, rewindId: string): Promise<MessageFilter | undefined> => {
  const record = await deps.jobs.readRewind(view.definition.incarnation, rewindId);
  return record && (record.filter ?? {});
};
