import type { Deps } from '../deps.ts';
import { epochMs, type EpochMs } from '../time.ts';
import { chainStart } from './chain-starts.ts';
import { switchChain } from './switch-chain.ts';

/** Later than any message. */
const THE_END = epochMs(Number.MAX_SAFE_INTEGER);

/**
 * Empty a queue: what was sent before is not delivered any more, in whatever state it is. The log is
 * not touched; one conditional write starts a new chain at the tails, so that it can be undone while
 * history lasts. From that write until the effective time, a few seconds, nothing is delivered; what is
 * sent meanwhile comes after it. A message sent while the purge runs falls on either side.
 * @throws CallerError `queueNotFound`; `queueIsChanging` while another purge or rewind takes effect
 */
export async function purgeQueue(
  deps: Deps, { name, requestedBy }: { readonly name: string; readonly requestedBy?: string },
): Promise<{ readonly rewindId: string; readonly effectiveAtMs: EpochMs }> {
  const { rewindId, effectiveAtMs } = await switchChain(deps, name, async (view, id) => {
    const { chain, sides, purged } = view.group;
    return {
      record: { kind: 'purge', ...(requestedBy === undefined ? {} : { requestedBy }) },
      // Whatever is retired lies before the end: there is no need to look at it.
      chains: { chain: { id: deps.system.newId(), ...await chainStart(deps, view, [], { atMs: THE_END }) }, sides: [], rewindId: id },
      keepsPrevious: false,
      purged: [...purged, ...sides.map((side) => side.chain.id), chain.id],
    };
  });
  return { rewindId, effectiveAtMs };
}
