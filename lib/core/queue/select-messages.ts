import { ascendingId } from '../ascending-id.ts';
import type { Deps } from '../deps.ts';
import { listRetired } from '../group/served-chains.ts';
import type { RewindRecord } from '../ports/job-table.ts';
import type { Group, QueueView, RetiredShard, SideChain } from '../ports/queue-table.ts';
import { wakePush } from '../push/wake-push.ts';
import { type Offset, parseMessageId } from '../position.ts';
import { logOf } from '../subscription.ts';
import { epochMs } from '../time.ts';
import { changeGroup } from './delay-lane.ts';
import { chainStart } from './chain-starts.ts';
import { type RewindRequest, type RewindWindow, windowOf } from './rewind-window.ts';
import { lasting, noteDone, putRecord, refuseIfChanging, refuseTooMany } from './switch-chain.ts';
import { viewByName } from './view.ts';

/**
 * A selective rewind: a second chain over a window, beside the live one, of what a filter lets through
 * and is settled. It needs no effective time, since nothing else changes by it.
 */
export async function startSelection(deps: Deps, request: RewindRequest): Promise<RewindRecord> {
  const view = await viewByName(deps, request.name, 0);
  const window = await windowOf(deps, view, request);
  refuseIfChanging(deps, view, request.name);
  await noteDone(deps, view.group);
  const { incarnation } = view.definition;
  const stretch = await stretchOf(deps, view, await listRetired(deps, logOf(incarnation), 0), window, request);
  const rewindId = ascendingId(deps.system);
  const record = await putRecord(deps, view, rewindId, {
    kind: 'selection', fromMs: window.from.atMs, ...(window.toMs === undefined ? {} : { toMs: window.toMs }),
    ...(request.filter ? { filter: request.filter } : {}), ...(request.requestedBy === undefined ? {} : { requestedBy: request.requestedBy }),
  }, 0);
  const side: SideChain = {
    kind: 'selection', rewindId, chain: { id: deps.system.newId(), starts: stretch.starts, drainedThrough: 0, drained: [] },
    reach: { until: stretch.until, wholeThrough: 0, whole: [] },
  };
  await changeGroup(deps, view, (group) => {
    refuseIfChanging(deps, { ...view, group }, request.name, view.group.generation);
    return withSide(deps, group, side);
  });
  if (view.definition.subscription?.push) await wakePush(deps, incarnation);
  return record;
}

function withSide(deps: Deps, group: Group, side: SideChain): Partial<Group> {
  const sides = [...lasting(deps, group.sides, group.rewindId), side];
  refuseTooMany(sides);
  return { sides, generation: group.generation + 1, changeId: side.rewindId };
}

export interface Stretch {
  readonly starts: Readonly<Record<string, Offset>>;
  readonly until: Readonly<Record<string, Offset>>;
}

/** From where to where in each shard, those of delayed messages included; only what is not empty. */
export async function stretchOf(
  deps: Deps, view: QueueView, retired: readonly RetiredShard[], { from, toMs }: RewindWindow, { filter }: Pick<RewindRequest, 'filter'>,
): Promise<Stretch> {
  const { definition, group } = view;
  const open = { ...view, definition: { ...definition, shards: [...definition.shards, ...group.delayShards] } };
  const [first, end] = await Promise.all([
    chainStart(deps, open, retired, from), chainStart(deps, open, [], { atMs: epochMs(toMs ?? Number.MAX_SAFE_INTEGER) }),
  ]);
  const ends = { ...end.starts, ...await endsOf(deps, open, Object.keys(first.starts).filter((shard) => end.starts[shard] === undefined), toMs) };
  const named = filter?.messageIds && rangesOf(filter.messageIds);
  const starts: Record<string, Offset> = {};
  const until: Record<string, Offset> = {};
  for (const [shard, start] of Object.entries(first.starts)) {
    const range = named ? named.get(shard) ?? { first: 0, end: 0 } : { first: 0, end: Number.MAX_SAFE_INTEGER };
    const [begin, stop] = [Math.max(start, range.first), Math.min(ends[shard] ?? 0, range.end)];
    if (begin >= stop) continue;
    starts[shard] = begin;
    until[shard] = stop;
  }
  return { starts, until };
}

/** Of shards that are retired. */
async function endsOf(deps: Deps, view: QueueView, shards: readonly string[], toMs: RewindWindow['toMs']): Promise<Readonly<Record<string, Offset>>> {
  const bare = { ...view, definition: { ...view.definition, shards: shards.map((id) => ({ id, bornAtMs: epochMs(0) })) } };
  return (await chainStart(deps, bare, [], { atMs: epochMs(toMs ?? Number.MAX_SAFE_INTEGER) })).starts;
}

/** The first and the last of the ids in each shard: what lies outside need not be looked at. */
function rangesOf(messageIds: readonly string[]): ReadonlyMap<string, { readonly first: Offset; readonly end: Offset }> {
  const ranges = new Map<string, { first: Offset; end: Offset }>();
  for (const { shard, offset } of messageIds.map((messageId) => parseMessageId(messageId))) {
    const range = ranges.get(shard) ?? { first: offset, end: offset + 1 };
    ranges.set(shard, { first: Math.min(range.first, offset), end: Math.max(range.end, offset + 1) });
  }
  return ranges;
}
