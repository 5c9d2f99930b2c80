import { CallerError } from './errors.ts';

/** Dense per shard: 0, 1, 2 … in the order of appending. */
export type Offset = number;

/** Where a message lies: unique in the whole deployment, since shard ids are never used again. */
export interface Position {
  readonly shard: string;
  readonly offset: Offset;
}

/** A message id is its position, so that finding one message is one read. Opaque to callers. */
export const messageIdAt = ({ shard, offset }: Position): string => `${shard}-${offset.toString(36)}`;

/**
 * `field`: where a request said it.
 * @throws CallerError `messageNotFound`: no message has, or ever had, an id of another form
 */
export function parseMessageId(messageId: string, field?: string): Position {
  const [, shard, offset] = /^([0-9A-Za-z]{1,40})-([0-9a-z]{1,11})$/.exec(messageId) ?? [];
  if (!shard || !offset) throw new CallerError('messageNotFound', `no message has the id ${messageId.slice(0, 64)}`, { ...(field === undefined ? {} : { field }), messageId });
  return { shard, offset: Number.parseInt(offset, 36) };
}
