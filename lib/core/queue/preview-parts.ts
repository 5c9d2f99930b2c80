import type { OffsetRun } from '../group/own-messages.ts';
import { parseMessageId, type Position } from '../position.ts';
import { bounds } from '../timing.ts';
import type { Stretch } from './select-messages.ts';

export type Part = OffsetRun;

/** What a preview looks into, and how many messages all of it stands for. */
export interface PreviewParts {
  readonly parts: readonly Part[];
  readonly messages: number;
}

/** A part of fewer messages is not worth a look of its own. */
const PART_MESSAGES_MIN = 1000;

export const sizeOf = (parts: readonly Part[]): number => parts.reduce((sum, { first, end }) => sum + end - first, 0);

/**
 * A stretch in about so many parts of one size, each of one shard: what is seen at the beginning of each
 * stands for all of it. Where messages are named, runs of these; evenly chosen ones, where there are many.
 */
export function previewParts(stretch: Stretch, messageIds: readonly string[] | undefined): PreviewParts {
  const shards = inShards(stretch);
  if (messageIds) return chosenOf(runsOf(messageIds.map((messageId) => parseMessageId(messageId)).filter((position) => isWithin(shards, position))));
  return { parts: partsOf(stretch, bounds.previewParts), messages: sizeOf(shards) };
}

/** The stretch in at most about so many parts, or one for each shard. */
export function partsOf(stretch: Stretch, count: number): readonly Part[] {
  const shards = inShards(stretch);
  const partMessages = Math.max(PART_MESSAGES_MIN, Math.ceil(sizeOf(shards) / count));
  return shards.flatMap((shard) => divided(shard, Math.ceil(sizeOf([shard]) / partMessages)));
}

const inShards = (stretch: Stretch): readonly Part[] =>
  Object.entries(stretch.starts).map(([shard, first]) => ({ shard, first, end: stretch.until[shard] ?? first }));

const divided = ({ shard, first, end }: Part, count: number): readonly Part[] =>
  Array.from({ length: count }, (_, at) => ({
    shard, first: first + Math.floor((end - first) * at / count), end: first + Math.floor((end - first) * (at + 1) / count),
  }));

const isWithin = (shards: readonly Part[], { shard, offset }: Position): boolean =>
  shards.some((one) => one.shard === shard && one.first <= offset && offset < one.end);

function runsOf(positions: readonly Position[]): readonly Part[] {
  const runs: Part[] = [];
  const inOrder = positions.toSorted((a, b) => (a.shard === b.shard ? a.offset - b.offset : Number(a.shard > b.shard) - 0.5));
  for (const { shard, offset } of inOrder) {
    const last = runs[runs.length - 1];
    if (last?.shard === shard && offset <= last.end) runs[runs.length - 1] = { ...last, end: Math.max(last.end, offset + 1) };
    else runs.push({ shard, first: offset, end: offset + 1 });
  }
  return runs;
}

function chosenOf(runs: readonly Part[]): PreviewParts {
  const count = Math.min(runs.length, bounds.previewRuns);
  const parts = Array.from({ length: count }, (_, at) => runs[Math.floor(at * runs.length / count)]).filter((run) => run !== undefined);
  return { parts, messages: sizeOf(runs) };
}
