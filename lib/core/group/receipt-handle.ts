import { CallerError } from '../errors.ts';
import type { Signer } from '../ports/signer.ts';
import type { Offset } from '../position.ts';

/**
 * Proof of having received a message: names the chain, the lease and the position, and the id of the
 * receive that holds it. Authenticated together with the queue's incarnation, so that a forged or
 * foreign handle is refused before anything is read.
 *
 *   1:<chain>:<shard>:<first>:<leaseId>:<position>[:<from>-<end>]:<tag>
 *
 * Numbers are in base 36. The range is that of a hold which was large and whole when received, so that
 * settling all of it is one small write. The form is stored with callers: add a new number in front
 * for another, and keep reading this one.
 */
export interface ReceiptHandle {
  readonly chain: string;
  readonly shard: string;
  readonly first: Offset;
  readonly leaseId: string;
  readonly position: number;
  readonly range?: { readonly from: number; readonly end: number };
}

const base36 = (value: number): string => value.toString(36);
const number36 = (text: string): number => Number.parseInt(text, 36);

export function formatHandle(signer: Signer, incarnation: string, handle: ReceiptHandle): string {
  const range = handle.range ? `:${base36(handle.range.from)}-${base36(handle.range.end)}` : '';
  const text = `1:${handle.chain}:${handle.shard}:${base36(handle.first)}:${handle.leaseId}:${base36(handle.position)}${range}`;
  return `${text}:${signer.sign(`${incarnation} ${text}`)}`;
}

const form = /^(1:([0-9a-zA-Z]+):([0-9a-zA-Z]+):([0-9a-z]+):([0-9a-zA-Z]+):([0-9a-z]+)(?::([0-9a-z]+)-([0-9a-z]+))?):([0-9A-Za-z_-]+)$/;

/** @throws CallerError `receiptHandleInvalid` for what this queue never handed out */
export function parseHandle(signer: Signer, incarnation: string, text: string): ReceiptHandle {
  const [, signed, chain, shard, first, leaseId, position, from, end, tag] = form.exec(text) ?? [];
  const isComplete = signed && chain && shard && first && leaseId && position && tag;
  if (!isComplete || !signer.verify(`${incarnation} ${signed}`, tag)) {
    throw new CallerError('receiptHandleInvalid', 'this receipt handle was not given out by this queue');
  }
  return {
    chain, shard, first: number36(first), leaseId, position: number36(position),
    ...(from && end ? { range: { from: number36(from), end: number36(end) } } : {}),
  };
}
