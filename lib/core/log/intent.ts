import type { Deps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import type { AppendIntent } from '../ports/job-table.ts';
import type { Segment } from '../ports/log-table.ts';
import { msAfter } from '../time.ts';
import { timing } from '../timing.ts';
import type { AppendTarget } from './append.ts';

/**
 * An append that a repeat must not do twice.
 *
 * Before a place is tried it is written down under the key, with the append's id. A repeat reads the
 * note and looks at that place: our segment there means that the first try landed; another's, that it
 * never will; nothing, that the same segment may be put there again by anybody.
 */
export interface IntendedAppend {
  /** Stays the same over all repeats. */
  readonly appendId: string;
  /** What an earlier try has put; then nothing is left to do. */
  readonly landed: Segment | undefined;
  readonly beforePut: (target: AppendTarget) => Promise<AppendTarget | undefined>;
  readonly afterRefusal: () => Promise<void>;
}

/** @throws CallerError `idempotencyKeyReused` when the key was used for another request */
export async function intendAppend(
  deps: Deps, incarnation: string, idempotencyKey: string, requestDigest: string,
): Promise<IntendedAppend> {
  let intent = await deps.jobs.readIntent(incarnation, idempotencyKey);
  // TTL is late: a note past its time is only what stands in the way of the next one.
  const isInForce = intent !== undefined && deps.system.now() < intent.removableAtMs;
  if (intent && isInForce) checkSame(intent, requestDigest);
  const landed = intent && isInForce ? await segmentOf(deps, intent) : undefined;
  const appendId = intent && isInForce ? intent.appendId : deps.system.newId();
  let isRefused = intent !== undefined && (!isInForce || isOld(deps, intent));

  return {
    appendId: appendId,
    landed,
    /** The noted place goes first, unless it is known to be another's. */
    async beforePut(target) {
      if (intent && !isRefused) return { shard: intent.shard, base: intent.base };
      const noted = await noteTarget(deps, intent, {
        incarnation, idempotencyKey, requestDigest, appendId, ...target, writeId: deps.system.newId(),
        removableAtMs: msAfter(deps.system.now(), timing.idempotencyMs),
      });
      checkSame(noted, requestDigest);
      if (noted.appendId !== appendId) throw new CallerError('queueIsChanging', 'the same request is under way; try again');
      intent = noted;
      isRefused = false;
      return { shard: noted.shard, base: noted.base };
    },
    async afterRefusal() {
      isRefused = true;
    },
  };
}

/** Nobody will put there any more; and TTL may empty the place, or the shard be sealed below it (B1). */
const isOld = (deps: Deps, { removableAtMs }: AppendIntent): boolean =>
  deps.system.now() - (removableAtMs - timing.idempotencyMs) > timing.notedPlaceMs;

/** The note that stands now: ours, or that of a repeat which got in first. */
async function noteTarget(deps: Deps, seen: AppendIntent | undefined, wanted: AppendIntent): Promise<AppendIntent> {
  const put = seen ? await deps.jobs.replaceIntent(wanted, seen.writeId) : await deps.jobs.putIntent(wanted);
  return put.kind === 'refused' && put.found ? put.found : wanted;
}

function checkSame(intent: AppendIntent, requestDigest: string): void {
  if (intent.requestDigest === requestDigest) return;
  throw new CallerError('idempotencyKeyReused', 'this Idempotency-Key was used for another request within a day');
}

async function segmentOf(deps: Deps, { incarnation, shard, base, appendId }: AppendIntent): Promise<Segment | undefined> {
  const found = await deps.log.segmentAt({ log: incarnation, shard }, base);
  return found?.base === base && found.appendId === appendId ? found : undefined;
}
