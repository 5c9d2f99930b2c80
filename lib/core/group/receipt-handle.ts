import { CallerError } from '../errors.ts';
import type { Signer } from '../ports/signer.ts';
import type { Offset } from '../position.ts';

/**
 * Proof of having received a message: names the chain, the lease and the position, and the id of the
 * receive that holds it. What was received together is authenticated once, with the queue's
 * incarnation, so that a forged or foreign handle is refused before anything is read. The position is
 * not: whoever has one handle of a receive was given all of them.
 *
 *   1:<chain>:<shard>:<first>:<leaseId>[:<from>-<end>]:<tag>:<position>
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

export type ReceivedTogether = Omit<ReceiptHandle, 'position'>;

/** Handles of messages that were received together, by position. */
export function handlesOf(signer: Signer, incarnation: string, receive: ReceivedTogether): (position: number) => string {
  const range = receive.range ? `:${base36(receive.range.from)}-${base36(receive.range.end)}` : '';
  const text = `1:${receive.chain}:${receive.shard}:${base36(receive.first)}:${receive.leaseId}${range}`;
  const signed = `${text}:${signer.sign(`${incarnation} ${text}`)}`;
  return (position) => `${signed}:${base36(position)}`;
}

const form = /^(1:([0-9a-zA-Z]+):([0-9a-zA-Z]+):([0-9a-z]+):([0-9a-zA-Z]+)(?::([0-9a-z]+)-([0-9a-z]+))?):([0-9A-Za-z_-]+):([0-9a-z]+)$/;

const notGivenOut = (): CallerError =>
  new CallerError('receiptHandleInvalid', 'this receipt handle was not given out by this queue');

/**
 * Reads the handles of one request: what was received together is checked once.
 * The function throws CallerError `receiptHandleInvalid` for what this queue never handed out.
 */
export function handleReader(signer: Signer, incarnation: string): (text: string) => ReceiptHandle {
  const genuine = new Set<string>();
  const isGenuine = (signed: string, tag: string): boolean => {
    const name = `${signed} ${tag}`;
    if (!genuine.has(name) && signer.verify(`${incarnation} ${signed}`, tag)) genuine.add(name);
    return genuine.has(name);
  };
  return (text) => {
    const [, signed, chain, shard, first, leaseId, from, end, tag, position] = form.exec(text) ?? [];
    const isComplete = signed && chain && shard && first && leaseId && tag && position;
    if (!isComplete || !isGenuine(signed, tag)) throw notGivenOut();
    const range = from && end ? { from: number36(from), end: number36(end) } : undefined;
    const at = number36(position);
    if (range && (at < range.from || at >= range.end)) throw notGivenOut();
    return { chain, shard, first: number36(first), leaseId, position: at, ...(range ? { range } : {}) };
  };
}
