import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import type { LeaseKey } from '../ports/lease-table.ts';
import type { QueueView } from '../ports/queue-table.ts';
import { handleReader, type ReceiptHandle } from './receipt-handle.ts';

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
}

export interface SortedHandles<T> {
  readonly groups: readonly HandleGroup<T>[];
  /** Received before a purge: what they name is gone, so there is nothing left to do for them. */
  readonly outdated: readonly HandleEntry<T>[];
  readonly invalid: ReadonlyMap<number, CallerError>;
}

/** Sort a batch by what one write can do, each entry on its own: a bad one disturbs no other. */
export function sortHandles<T extends { readonly receiptHandle: string }>(
  deps: Deps, view: QueueView, entries: readonly { readonly index: number; readonly entry: T }[],
): SortedHandles<T> {
  const groups = new Map<string, HandleEntry<T>[]>();
  const outdated: HandleEntry<T>[] = [];
  const invalid = new Map<number, CallerError>();
  const read = handleReader(deps.signer, view.definition.incarnation);
  for (const { index, entry } of entries) {
    const handle = parsed(read, entry.receiptHandle);
    if (handle instanceof CallerError) {
      invalid.set(index, handle);
    } else if (handle.chain === view.group.chain.id) {
      const name = `${handle.shard} ${handle.first} ${handle.leaseId}`;
      const group = groups.get(name) ?? [];
      groups.set(name, group);
      group.push({ index, entry, handle });
    } else {
      outdated.push({ index, entry, handle });
    }
  }
  return { groups: [...groups.values()].flatMap(groupOf), outdated, invalid };
}

function groupOf<T>(entries: readonly HandleEntry<T>[]): readonly HandleGroup<T>[] {
  const [first] = entries;
  if (!first) return [];
  const { chain, shard, first: offset, leaseId, range } = first.handle;
  return [{ key: { chain, shard, first: offset }, leaseId, range, entries }];
}

function parsed(read: (text: string) => ReceiptHandle, text: string): ReceiptHandle | CallerError {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof CallerError) return error;
    throw error;
  }
}

export const staleHandle = (): CallerError =>
  new CallerError('receiptHandleStale', 'this message was handed out again since; its newest receipt handle is another one');
