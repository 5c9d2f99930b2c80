import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import type { LeaseKey } from '../ports/lease-table.ts';
import type { Chains, QueueView } from '../ports/queue-table.ts';
import { readerMemory } from './reader-memory.ts';
import { handleReader, type ReceiptHandle } from './receipt-handle.ts';
import { boundsOf, chainsInForce, type Served } from './served-chains.ts';

/** An entry of a batch whose handle is genuine, with its place in the batch. */
export interface HandleEntry<T> {
  readonly index: number;
  readonly entry: T;
  readonly handle: ReceiptHandle;
}

/** Entries whose messages were received together: one lease, one lease id, so one write. */
export interface HandleGroup<T> {
  readonly key: LeaseKey;
  readonly leaseId: string;
  readonly range: ReceiptHandle['range'];
  readonly entries: readonly HandleEntry<T>[];
  /** Handed out by a selection that was undone since: it can be deleted, but nobody waits for it any more. */
  readonly isUndone: boolean;
}

export interface SortedHandles<T> {
  readonly groups: readonly HandleGroup<T>[];
  /** Received before a purge: what they name is gone, so there is nothing left to do for them. */
  readonly outdated: readonly HandleEntry<T>[];
  /** Not given out by this queue, or received before a rewind, or the undo of one. */
  readonly invalid: ReadonlyMap<number, CallerError>;
}

/** Sort a batch by what one write can do, each entry on its own: a bad one disturbs no other. */
export async function sortHandles<T extends { readonly receiptHandle: string }>(
  deps: Deps, view: QueueView, entries: readonly { readonly index: number; readonly entry: T }[],
): Promise<SortedHandles<T>> {
  const groups = new Map<string, { readonly isUndone: boolean; readonly entries: HandleEntry<T>[] }>();
  const outdated: HandleEntry<T>[] = [];
  const invalid = new Map<number, CallerError>();
  const read = handleReader(deps.signer, view.definition.incarnation);
  const chains = chainsInForce(view.group, deps.system.now()) ?? view.group;
  const chainFor = chainsOf(deps, view, chains);
  for (const { index, entry } of entries) {
    const handle = parsed(read, entry.receiptHandle);
    if (handle instanceof CallerError) {
      invalid.set(index, handle);
      continue;
    }
    const served = await chainFor(handle);
    if (served) {
      const name = `${handle.shard} ${handle.first} ${handle.leaseId}`;
      const group = groups.get(name) ?? { isUndone: served.side?.isUndone ?? false, entries: [] };
      groups.set(name, group);
      group.entries.push({ index, entry, handle });
    } else if (view.group.purged.includes(handle.chain)) {
      outdated.push({ index, entry, handle });
    } else {
      invalid.set(index, rewoundHandle());
    }
  }
  return { groups: [...groups.values()].flatMap(groupOf), outdated, invalid };
}

/** The chain that still has what a handle names: of those beside the main one, below its bound. */
function chainsOf(deps: Deps, view: QueueView, { chain: main, sides }: Chains): (handle: ReceiptHandle) => Promise<Served | undefined> {
  return async ({ chain, shard, first, position }) => {
    if (chain === main.id) return { chain: main };
    const side = sides.find((other) => other.chain.id === chain);
    if (!side) return undefined;
    const boundOf = await boundsOf(deps, deps.memory.readers.getOrPut(chain, readerMemory), view, side);
    return first + position < boundOf(shard) ? { chain: side.chain, side } : undefined;
  };
}

function groupOf<T>({ isUndone, entries }: Pick<HandleGroup<T>, 'isUndone' | 'entries'>): readonly HandleGroup<T>[] {
  const [first] = entries;
  if (!first) return [];
  const { chain, shard, first: offset, leaseId, range } = first.handle;
  return [{ key: { chain, shard, first: offset }, leaseId, range, entries, isUndone }];
}

function parsed(read: (text: string) => ReceiptHandle, text: string): ReceiptHandle | CallerError {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof CallerError) return error;
    throw error;
  }
}

const rewoundHandle = (): CallerError =>
  new CallerError('receiptHandleRewound', 'since this message was received the queue was rewound, or a rewind or purge undone: if it is still to be delivered, it comes with another receipt handle');

/** Of a message that a selection has handed out. */
export const undoneHandle = (): CallerError =>
  new CallerError('receiptHandleRewound', 'the selective rewind that handed this message out was undone: it can still be deleted, but not be held any longer');

export const staleHandle = (): CallerError =>
  new CallerError('receiptHandleStale', 'this message was handed out again since; its newest receipt handle is another one');
