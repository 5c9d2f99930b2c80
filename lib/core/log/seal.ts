import type { Deps } from '../deps.ts';
import type { SealReason, Segment } from '../ports/log-table.ts';
import type { LiveShard } from '../ports/queue-table.ts';
import type { Offset } from '../position.ts';
import { epochMs, msAfter } from '../time.ts';
import { DAY_MS, timing } from '../timing.ts';
import { endBehind } from './history.ts';
import { endOf, isSeal } from './segment.ts';

export interface SealRequest {
  readonly log: string;
  readonly shard: string;
  readonly tail: Offset;
  readonly reason: SealReason;
  readonly retentionSeconds: number;
}

/**
 * Close a shard by the same put-if-absent as an append, so that the two are put in one order: what
 * was acknowledged before lies below the seal, nothing is ever acknowledged above it.
 * The seal outlives every client that still knows the shard, and every message below it.
 */
export async function putSeal(deps: Deps, request: SealRequest): Promise<'sealed' | 'refused'> {
  const nowMs = deps.system.now();
  const seal: Segment = {
    log: request.log, shard: request.shard, base: request.tail, count: 0, enqueuedAtMs: nowMs,
    appendId: deps.system.newId(), retentionSeconds: request.retentionSeconds,
    removableAtMs: msAfter(epochMs(nowMs + request.retentionSeconds * 1000), 2 * DAY_MS),
    body: { kind: 'seal', reason: request.reason },
  };
  const put = await deps.log.putSegment(seal);
  return put.kind === 'landed' || isSeal(put.found) ? 'sealed' : 'refused';
}

/** Close a shard wherever its tail is, however many appends come in between. */
export async function sealWherever(deps: Deps, { bornAtMs, ...request }: Omit<SealRequest, 'tail'> & Pick<LiveShard, 'bornAtMs'>): Promise<void> {
  // A young shard never had anything that the table could have let go of.
  const mayBeArchived = deps.system.now() - bornAtMs >= timing.hotLifeMs;
  for (;;) {
    const last = await deps.log.lastSegment(request);
    if (last && isSeal(last)) return;
    const tail = mayBeArchived ? await endBehind(deps, request, last) : endOf(last ?? { base: 0, count: 0 });
    if (await putSeal(deps, { ...request, tail }) === 'sealed') return;
  }
}
