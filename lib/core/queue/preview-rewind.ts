import type { Deps } from '../deps.ts';
import { countMessages } from '../group/counts.ts';
import { hasEverything } from '../group/own-messages.ts';
import { EVERYTHING } from '../group/reach.ts';
import { listRetired } from '../group/served-chains.ts';
import { segmentWith } from '../log/history.ts';
import { matcherOf, type MessageFilter } from '../message-filter.ts';
import type { QueueView } from '../ports/queue-table.ts';
import { logOf } from '../subscription.ts';
import { earliest, type EpochMs, latest } from '../time.ts';
import { bounds } from '../timing.ts';
import { inParallel } from './in-parallel.ts';
import type { PeekedMessage } from './peek-messages.ts';
import { lookIntoPart, nothingSeen, type PartLook, type PreviewRule, type Tally } from './preview-look.ts';
import { type Part, type PreviewParts, previewParts, sizeOf } from './preview-parts.ts';
import { type RewindRequest, windowOf } from './rewind-window.ts';
import { type Stretch, stretchOf } from './select-messages.ts';
import { viewByName } from './view.ts';

/** What a rewind would hand out, if it were asked for now. */
export interface RewindPreview {
  readonly messages: number;
  /** Their bodies, attributes and tags. */
  readonly bytes: number;
  /** When the first and the last of them were enqueued; undefined when none would come. */
  readonly fromMs: EpochMs | undefined;
  readonly toMs: EpochMs | undefined;
  /** Of the messages that are meant, those that a consumer holds now: a rewind takes them away, a selection leaves them. */
  readonly inFlight: number;
  /** The first of them, as they stand now. */
  readonly sample: readonly PeekedMessage[];
  /** Not everything was looked at: figures are reckoned from what was. */
  readonly approximate: boolean;
}

/**
 * What a rewind would do, which this does not: nothing changes. It looks into a bounded number of places,
 * whatever the history, and into all of it where that is not more. Of a rewind of the whole queue the
 * number of messages is exact in any case; of a subscription, where all that is published is its own.
 * @throws CallerError `queueNotFound`, and what `windowOf` throws
 */
export async function previewRewind(deps: Deps, request: RewindRequest): Promise<RewindPreview> {
  const view = await viewByName(deps, request.name, 0);
  const window = await windowOf(deps, view, request);
  const stretch = await stretchOf(deps, view, await listRetired(deps, logOf(view.definition.incarnation), 0), window, request);
  const { filter } = request;
  const isSelective = request.toMs !== undefined || filter !== undefined;
  const planned = previewParts(stretch, filter?.messageIds);
  const looks = await looksInto(deps, view, planned, isSelective ? selective(filter ?? {}) : everything);
  const seen = { ...reckoned(planned, looks), approximate: !isWhole(planned, looks) };
  const isCountable = !isSelective && hasEverything(view, deps.system.now());
  return !isCountable || !seen.approximate ? seen : { ...seen, ...await knownOf(deps, view, stretch, planned) };
}

async function looksInto(deps: Deps, view: QueueView, { parts }: PreviewParts, rule: PreviewRule): Promise<readonly PartLook[]> {
  const looks = new Map<Part, PartLook>();
  await inParallel(parts, async (part) => { looks.set(part, await lookIntoPart(deps, view, part, rule, parts.length)); });
  return parts.flatMap((part) => looks.get(part) ?? []);
}

const everything: PreviewRule = { isMeant: () => true, comes: () => true };

function selective(filter: MessageFilter): PreviewRule {
  return {
    isMeant: matcherOf(filter),
    comes: ({ state }) => (state === 'deleted' || state === 'deadLettered') && (filter.outcome ?? state) === state,
  };
}

const isWhole = ({ parts, messages }: PreviewParts, looks: readonly PartLook[]): boolean =>
  sizeOf(parts) === messages && looks.every(({ part, looked }) => looked === sizeOf([part]));

/** What was seen of each part stands for all of it; and the parts for those that were left out. */
function reckoned({ parts, messages }: PreviewParts, looks: readonly PartLook[]): Tally {
  const leftOut = parts.length === 0 ? 1 : messages / sizeOf(parts);
  const total = looks.reduce((sum, { part, looked, tally }) => added(sum, tally, leftOut * sizeOf([part]) / looked), nothingSeen);
  return { ...total, messages: Math.round(total.messages), bytes: Math.round(total.bytes), inFlight: Math.round(total.inFlight) };
}

const added = (sum: Tally, tally: Tally, weight: number): Tally => ({
  messages: sum.messages + weight * tally.messages,
  bytes: sum.bytes + weight * tally.bytes,
  inFlight: sum.inFlight + weight * tally.inFlight,
  fromMs: either(earliest, sum.fromMs, tally.fromMs),
  toMs: either(latest, sum.toMs, tally.toMs),
  sample: [...sum.sample, ...tally.sample].toSorted((a, b) => a.enqueuedAtMs - b.enqueuedAtMs).slice(0, bounds.previewSample),
});

const either = (choose: typeof earliest, a: EpochMs | undefined, b: EpochMs | undefined): EpochMs | undefined =>
  (a === undefined || b === undefined ? a ?? b : choose(a, b));

/** What of a rewind of the whole queue need not be reckoned: offsets say how many, leases who holds them, the ends when. */
async function knownOf(deps: Deps, view: QueueView, { starts, until }: Stretch, { messages }: PreviewParts): Promise<Partial<RewindPreview>> {
  const log = logOf(view.definition.incarnation);
  const held = await countMessages(deps, view, { firstOf: (shard) => starts[shard] ?? EVERYTHING });
  const lasts = await Promise.all(Object.entries(until).map(([shard, end]) => segmentWith(deps, { log, shard }, end - 1)));
  const lastAtMs = lasts.flatMap((segment) => segment?.enqueuedAtMs ?? []);
  return { messages, inFlight: held.inFlight, ...(lastAtMs.length > 0 && { toMs: latest(...lastAtMs) }) };
}
