import { z } from 'zod';
import type { RewindRecord } from '../../../core/ports/job-table.ts';
import type { ListedRewind } from '../../../core/queue/list-rewinds.ts';
import type { RewindPreview } from '../../../core/queue/preview-rewind.ts';
import type { RewindFrom } from '../../../core/queue/rewind-window.ts';
import { count } from './count.ts';
import { filterAnswer, messageFilter, renderFilter } from './filter.ts';
import { instant, instantAnswer, renderInstant } from './instant.ts';
import { peekedMessageAnswer, renderPeekedMessage } from './peeked-message.ts';

/** Where in history: exactly one of the three. */
export const from = z.strictObject({
  time: instant.exactOptional(),
  messageId: z.string().exactOptional(),
  position: z.string().exactOptional().meta({ description: 'Opaque; the id of a message is one.' }),
}).transform(({ time, messageId, position }, context): RewindFrom => {
  const given = [time, messageId, position].filter((one) => one !== undefined);
  if (given.length === 1 && time !== undefined) return { atMs: time };
  if (given.length === 1 && messageId !== undefined) return { messageId };
  if (given.length === 1 && position !== undefined) return { position };
  context.issues.push({ code: 'custom', input: given, message: 'must have exactly one of time, messageId, position' });
  return z.NEVER;
}).meta({ minProperties: 1, maxProperties: 1 });

/** A stretch of history, and what of it is meant. */
export const windowFields = {
  from: from.exactOptional().meta({ description: 'Everything enqueued from then on; may be absent only where `filter.messageIds` is given.' }),
  to: instant.exactOptional().meta({ description: 'Enqueued before.' }),
  filter: messageFilter.exactOptional(),
};

export const readWindow = ({ from: start, to, filter }: z.output<z.ZodObject<typeof windowFields>>) => ({
  ...(start && { from: start }), ...(to !== undefined && { toMs: to }), ...(filter && { filter }),
});

/** What is to be consumed again. */
export const rewindRequest = z.strictObject(windowFields).transform(readWindow);

/** What a rewind or an undo answers. */
export const startedAnswer = z.object({ rewindId: z.string(), effectiveAt: instantAnswer, from: instantAnswer.exactOptional() });

export const renderStarted = ({ rewindId, effectiveAtMs, fromMs }: RewindRecord): z.input<typeof startedAnswer> => ({
  rewindId, effectiveAt: renderInstant(effectiveAtMs), ...(fromMs !== undefined && { from: renderInstant(fromMs) }),
});

/** What a rewind would hand out. */
export const previewAnswer = z.object({
  messages: count,
  bytes: count,
  from: instantAnswer.nullable().meta({ description: 'When the first of them was sent; null when none would come.' }),
  to: instantAnswer.nullable().meta({ description: 'When the last of them was sent.' }),
  inFlight: count.meta({ description: 'Of the messages that are meant, those that a consumer holds now.' }),
  sample: z.array(peekedMessageAnswer).meta({ description: 'The first of them, as they stand now.' }),
  approximate: z.boolean(),
});

export const renderPreview = (preview: RewindPreview): z.input<typeof previewAnswer> => ({
  messages: preview.messages,
  bytes: preview.bytes,
  from: preview.fromMs === undefined ? null : renderInstant(preview.fromMs),
  to: preview.toMs === undefined ? null : renderInstant(preview.toMs),
  inFlight: preview.inFlight,
  sample: preview.sample.map(renderPeekedMessage),
  approximate: preview.approximate,
});

/** One of a queue's purges, rewinds and undos. */
export const rewindAnswer = z.object({
  rewindId: z.string(),
  kind: z.enum(['rewind', 'selection', 'purge', 'undo']),
  state: z.enum(['pending', 'inEffect', 'finished', 'followed', 'undone']),
  requestedAt: instantAnswer,
  requestedBy: z.string().exactOptional().meta({ description: 'Where IAM let the request in: the ARN of who signed it.' }),
  effectiveAt: instantAnswer,
  from: instantAnswer.exactOptional(),
  to: instantAnswer.exactOptional(),
  filter: filterAnswer.exactOptional(),
  undoes: z.string().exactOptional().meta({ description: 'The rewind that this one undoes.' }),
});

export const renderRewind = (rewind: ListedRewind): z.input<typeof rewindAnswer> => ({
  rewindId: rewind.rewindId,
  kind: rewind.kind,
  state: rewind.state,
  requestedAt: renderInstant(rewind.requestedAtMs),
  ...(rewind.requestedBy !== undefined && { requestedBy: rewind.requestedBy }),
  effectiveAt: renderInstant(rewind.effectiveAtMs),
  ...(rewind.fromMs !== undefined && { from: renderInstant(rewind.fromMs) }),
  ...(rewind.toMs !== undefined && { to: renderInstant(rewind.toMs) }),
  ...(rewind.filter && { filter: renderFilter(rewind.filter) }),
  ...(rewind.undoes !== undefined && { undoes: rewind.undoes }),
});
