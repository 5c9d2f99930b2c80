import type { Deps } from '../deps.ts';
import type { Chain, QueueView } from '../ports/queue-table.ts';
import type { Offset } from '../position.ts';
import { logOf } from '../subscription.ts';
import { membershipOf } from './membership.ts';
import type { Pull } from './pull.ts';
import { EVERYTHING } from './reach.ts';
import type { ReadableShard } from './read-log.ts';
import { readerMemory } from './reader-memory.ts';
import { selectionOf } from './selection.ts';
import { boundsOf, type Served, shardsToRead } from './served-chains.ts';

/** One chain, as far as messages are its own. */
export interface Peeked extends Pick<Pull, 'admits' | 'membership'> {
  readonly deps: Deps;
  readonly log: string;
  readonly settings: ReadableShard['settings'];
  readonly chain: Chain;
  readonly isMain: boolean;
  readonly boundOf: (shard: string) => Offset;
  readonly shards: readonly string[];
  /** Shards of delayed messages: a chain that does not own them reads them as it reads all. */
  readonly ofDelayed: ReadonlySet<string>;
  readonly lows: ReadonlyMap<string, Offset>;
}

/** undefined: a selection whose rewind is not known any more. */
export async function peekedChain(deps: Deps, view: QueueView, served: Served): Promise<Peeked | undefined> {
  const { chain, side } = served;
  const memory = readerMemory();
  const shards = await shardsToRead(deps, memory, view, served);
  const admits = side?.kind === 'selection' ? await selectionOf(deps, view, side, memory) : undefined;
  if (side?.kind === 'selection' && !admits) return undefined;
  const membership = membershipOf(view);
  const lows = new Map(await Promise.all(shards.map(async (shard): Promise<[string, Offset]> =>
    [shard, Math.max(chain.starts[shard] ?? 0, await deps.leases.readLow(chain.id, shard))])));
  return {
    deps, log: logOf(view.definition.incarnation), settings: view.definition.settings, chain, shards, lows, isMain: !side,
    boundOf: side ? await boundsOf(deps, memory, view, side) : () => EVERYTHING,
    ofDelayed: new Set([...(memory.retired?.shards ?? []).filter(({ owner }) => owner !== undefined), ...view.group.delayShards, ...view.topicDelayShards ?? []].map(({ id }) => id)),
    ...(admits && { admits }), ...(membership && { membership }),
  };
}
