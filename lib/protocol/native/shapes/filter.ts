import { z } from 'zod';
import { limits } from '../../../core/limits.ts';
import type { MessageFilter } from '../../../core/message-filter.ts';
import { attributes } from './attributes.ts';
import { boundedList, boundedText } from './bounded.ts';

const outcome = z.enum(['deleted', 'deadLettered']);

const parts = {
  tags: boundedList('batchEntries', boundedText('tagLength')).exactOptional(),
  attributes: attributes.refine((value) => Object.keys(value).length > 0, { error: 'must have at least one attribute' }).exactOptional(),
  messageIds: boundedList('batchEntries', z.string()).exactOptional(),
  outcome: outcome.exactOptional(),
};

const partNames = Object.keys(parts).join(', ');

/** Which messages are meant: those that pass every part. A misspelt one would let everything through. */
export const messageFilter = z.strictObject(parts, {
  error: ({ code }) => (code === 'unrecognized_keys' ? `it may have ${partNames}` : undefined),
})
  .refine((filter) => Object.keys(filter).length > 0, { error: `must have at least one of ${partNames}`, abort: true })
  .superRefine((filter, context) => {
    const size = Buffer.byteLength(JSON.stringify(filter));
    if (size > limits.filterBytes.max) context.addIssue({ code: 'custom', params: { limit: 'filterBytes', counts: true, size } });
  })
  .transform(({ tags, attributes: wanted, messageIds, outcome: became }): MessageFilter => ({
    ...(tags && { tags }), ...(wanted && { attributes: wanted }), ...(messageIds && { messageIds }), ...(became && { outcome: became }),
  }))
  .meta({ minProperties: 1, description: `At most ${limits.filterBytes.max} bytes as JSON.` });

/** A filter in an answer. */
export const filterAnswer = z.object({
  tags: z.array(z.string()).exactOptional(),
  attributes: z.record(z.string(), z.string()).exactOptional(),
  messageIds: z.array(z.string()).exactOptional(),
  outcome: outcome.exactOptional(),
});

export const renderFilter = ({ tags, messageIds, ...rest }: MessageFilter): z.input<typeof filterAnswer> => ({
  ...(tags && { tags: [...tags] }), ...(messageIds && { messageIds: [...messageIds] }), ...rest,
});
