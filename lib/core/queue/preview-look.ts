import type { Deps } from '../deps.ts';
import { membershipOf } from '../group/membership.ts';
import { readableContents, readLog } from '../group/read-log.ts';
import { standingsOver } from '../group/standings.ts';
import { segmentWith } from '../log/history.ts';
import { endOf, messageExpiresAt } from '../log/segment.ts';
import { messageBytes } from '../message.ts';
import type { Segment } from '../ports/log-table.ts';
import type { QueueView } from '../ports/queue-table.ts';
import { messageIdAt, type Offset } from '../position.ts';
import { historySeconds } from '../queue.ts';
import { logOf } from '../subscription.ts';
import { earliest, type EpochMs, latest } from '../time.ts';
import { bounds } from '../timing.ts';
import type { PeekedMessage } from './peek-messages.ts';
import type { Part } from './preview-parts.ts';

/** What of the messages that were looked at would come, and what is held now of those that are meant. */
export interface Tally {
  readonly messages: number;
  readonly bytes: number;
  readonly inFlight: number;
  readonly fromMs: EpochMs | undefined;
  readonly toMs: EpochMs | undefined;
  /** The first of them. */
  readonly sample: readonly PeekedMessage[];
}

export const nothingSeen: Tally = { messages: 0, bytes: 0, inFlight: 0, fromMs: undefined, toMs: undefined, sample: [] };

/** Looking into a part: what was seen, of how many messages. */
export interface PartLook {
  readonly part: Part;
  readonly tally: Tally;
  readonly looked: number;
}

/** Which messages a rewind is about; of these, which come by it. */
export interface PreviewRule {
  readonly isMeant: (message: PeekedMessage) => boolean;
  readonly comes: (message: PeekedMessage) => boolean;
}

/** Look into one of several parts from its beginning on, as far as a bounded read goes: the fewer there are, the further. */
export async function lookIntoPart(deps: Deps, view: QueueView, part: Part, rule: PreviewRule, parts: number): Promise<PartLook> {
  const segments = await runOf(deps, view, part, Math.max(1, bounds.previewParts / parts));
  const [head, last] = [segments[0], segments[segments.length - 1]];
  if (!head || !last) return { part, tally: nothingSeen, looked: part.end - part.first };
  const end = Math.min(endOf(last), part.end);
  const base = Math.max(head.base, part.first);
  const standingAt = standingsOver(deps, view, { shard: part.shard, base, count: end - base });
  const membership = membershipOf(view);
  let tally = nothingSeen;
  for (const segment of segments) {
    const contents = await readableContents(deps, segment) ?? [];
    for (let offset = Math.max(segment.base, base); offset < Math.min(endOf(segment), end); offset += 1) {
      const content = contents[offset - segment.base];
      if (!content || membership?.has(segment, content) === false || deps.system.now() >= messageExpiresAt(segment, content, historySeconds(view.definition.settings))) continue;
      const messageId = messageIdAt({ shard: part.shard, offset });
      tally = withMessage(tally, { ...content, messageId, enqueuedAtMs: segment.enqueuedAtMs, ...await standingAt(segment, content, offset) }, rule);
    }
  }
  return { part, tally, looked: end - part.first };
}

/** Segments from the beginning of a part on: at least one, if there is any. */
async function runOf(deps: Deps, view: QueueView, part: Part, share: number): Promise<readonly Segment[]> {
  const { shard, first, end } = part;
  const { incarnation, settings } = view.definition;
  const log = logOf(incarnation);
  const run: Segment[] = [];
  const [segmentsMax, bytesMax] = [Math.floor(bounds.previewSegments * share), bounds.previewBytes * share];
  let [messages, bytes] = [0, 0];
  let from: Offset = first;
  let base = (await segmentWith(deps, { log, shard }, first))?.base ?? first;
  const isFull = (): boolean => from >= end || run.length >= segmentsMax || messages >= bounds.previewMessages || bytes >= bytesMax;
  while (!isFull()) {
    const { segments } = await readLog(deps, { log, shard, settings }, { offset: from, base }, segmentsMax - run.length);
    if (segments.length === 0) break;
    for (const segment of segments) {
      if (segment.base >= end || isFull()) return run;
      const inside = Math.min(endOf(segment), end) - Math.max(segment.base, first);
      [messages, bytes] = [messages + inside, bytes + packedBytes(segment) * inside / segment.count];
      run.push(segment);
      from = endOf(segment);
      base = from;
    }
  }
  return run;
}

/** What is archived is read by the row group, however little is looked at of it. */
const packedBytes = ({ body }: Segment): number => {
  if (body.kind === 'inline') return body.packed.byteLength;
  return body.kind === 'object' ? body.packedBytes : 0;
};

function withMessage(tally: Tally, message: PeekedMessage, { isMeant, comes }: PreviewRule): Tally {
  if (!isMeant(message)) return tally;
  const inFlight = tally.inFlight + (message.state === 'inFlight' ? 1 : 0);
  if (!comes(message)) return { ...tally, inFlight };
  const { enqueuedAtMs } = message;
  return {
    messages: tally.messages + 1,
    bytes: tally.bytes + messageBytes(message),
    inFlight,
    fromMs: earliest(tally.fromMs ?? enqueuedAtMs, enqueuedAtMs),
    toMs: latest(tally.toMs ?? enqueuedAtMs, enqueuedAtMs),
    sample: tally.sample.length < bounds.previewSample ? [...tally.sample, message] : tally.sample,
  };
}
