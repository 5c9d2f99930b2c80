import type { Message } from './message.ts';

/** What became of a message in the chain that it belongs to. */
export type Outcome = 'deleted' | 'deadLettered';

/** Which messages are meant: those that pass every part that is there. */
export interface MessageFilter {
  /** At least one of these. */
  readonly tags?: readonly string[];
  /** Each of these, with exactly this value. */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly messageIds?: readonly string[];
  /** Absent: either. */
  readonly outcome?: Outcome;
}

/** A test of everything but the outcome, which no message says of itself. */
export function matcherOf({ tags, attributes, messageIds }: MessageFilter): (message: Message) => boolean {
  const ids = messageIds && new Set(messageIds);
  const wanted = Object.entries(attributes ?? {});
  return (message) => (!ids || ids.has(message.messageId))
    && (!tags || tags.some((tag) => message.tags.includes(tag)))
    && wanted.every(([name, value]) => Object.hasOwn(message.attributes, name) && message.attributes[name] === value);
}
