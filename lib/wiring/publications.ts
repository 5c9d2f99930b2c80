import type { Publication } from '../housekeeping/wake-topics.ts';
import { parseSegmentKey } from '../storage/items/keys.ts';

/** What we need of a record of the table's stream. */
export interface StreamRecord {
  readonly dynamodb?: {
    readonly Keys?: Readonly<Record<string, { readonly S?: string | undefined }>> | undefined;
    readonly SequenceNumber?: string | undefined;
  } | undefined;
}

/** New segments of topics, as the table's stream tells of them. The event source lets nothing else through. */
export const publicationsIn = (records: readonly StreamRecord[]): readonly Publication[] => records.map(publicationOf);

function publicationOf({ dynamodb: { Keys = {}, SequenceNumber = '' } = {} }: StreamRecord): Publication {
  const { log } = parseSegmentKey({ pk: Keys['pk']?.S ?? '', sk: Keys['sk']?.S ?? '' });
  return { topic: log, id: SequenceNumber };
}
