import type { Deps } from '../deps.ts';
import { moveHold } from '../group/dead-letter.ts';
import type { Deliverable, Pull } from '../group/pull.ts';
import { readerMemory } from '../group/reader-memory.ts';
import { unparkBelow } from '../group/alarm.ts';
import { pullFor } from '../group/receive.ts';
import { chainsInForce, type Served, servedOf } from '../group/served-chains.ts';
import { type ChainWalk, takeThroughout } from '../group/whole-chain.ts';
import { limits } from '../limits.ts';
import type { QueueView } from '../ports/queue-table.ts';
import { viewOf } from '../queue/view.ts';
import { earliest, type EpochMs, msAfter } from '../time.ts';
import { timing } from '../timing.ts';
import { nextLookAt } from './next-look.ts';
import { tooYoung } from './too-young.ts';

/** Messages moved at once. */
const STEP = 1000;

/** `nextAtMs`: it was the last step, and nothing comes to its age before then. */
export interface AgeStep {
  readonly moved: number;
  readonly nextAtMs?: EpochMs;
}

/**
 * One look: move what could have been consumed for longer than the age, and was not. Each step takes some under the
 * mover's own id, appends them to the dead-letter queue, and settles them here, in that order: a crash may duplicate,
 * never lose.
 *
 * The age is counted from when a message could first be consumed: from its enqueue time, or from when its delay was
 * over. A message that was received and given back keeps its age; while somebody holds it, it stays, whatever its age,
 * and is moved once that is over. Whatever a rewind finds can be consumed from its effect on: the age of everything
 * begins anew with it, or a rewind by more than the age would only carry messages to the dead-letter queue.
 */
export async function* moveAged(deps: Deps, view: QueueView, ageMs: number): AsyncGenerator<AgeStep> {
  const { group } = view;
  const beginsAtMs = msAfter(group.effectiveAtMs, ageMs);
  if (deps.system.now() < beginsAtMs) {
    yield { moved: 0, nextAtMs: earliest(beginsAtMs, msAfter(deps.system.now(), timing.ageLookMaxMs)) };
    return;
  }
  const walks: ChainWalk[] = [];
  for (const served of servedOf(chainsInForce(group, deps.system.now()) ?? group)) {
    const walk = await walkOf(deps, view, served, ageMs);
    if (!walk) continue;
    walks.push(walk);
    await unparkBelow(deps, walk.pull(), false);
    for await (const won of takeThroughout(walk)) {
      // Rewound or purged meanwhile: what was taken falls due in the chain that it was taken in.
      if (!await isInForce(deps, view)) {
        yield { moved: 0, nextAtMs: msAfter(deps.system.now(), timing.agePauseMinMs) };
        return;
      }
      await moveWon(deps, walk.pull(), won);
      yield { moved: won.length };
    }
  }
  yield { moved: 0, nextAtMs: await nextLookAt(deps, walks, ageMs) };
}

async function walkOf(deps: Deps, view: QueueView, served: Served, ageMs: number): Promise<ChainWalk | undefined> {
  const memory = readerMemory();
  const pull = await pullFor(deps, view, served, memory, { visibilityMs: holdMs(view), answerBytesMax: limits.answerBytes.max });
  const sinceMs = () => msAfter(deps.system.now(), -ageMs);
  return pull && {
    deps, view, served, memory, step: STEP, enqueuedUntilMs: sinceMs, isInVain: tooYoung(deps, view.definition.incarnation, sinceMs),
    pull: () => ({ ...pull, nowMs: deps.system.now(), unconsumedSinceMs: sinceMs() }),
  };
}

/** As long as the cursor takes to look at a lease, where that is longer: then no alarm is needed. */
const holdMs = ({ definition: { settings } }: QueueView): number =>
  Math.max(timing.moverHoldMs, Math.min(settings.visibilityTimeoutSeconds * 1000, timing.sweepAgeMs));

async function isInForce(deps: Deps, { group: { incarnation, generation } }: QueueView): Promise<boolean> {
  const current = await viewOf(deps, incarnation, timing.groupAgeMs);
  return current?.group.generation === generation;
}

/** A fault ends the look: taking ever more without being able to move it would hide everything from consumers. */
async function moveWon(deps: Deps, pull: Pull, won: readonly Deliverable[]): Promise<void> {
  for (const { leaseId } of new Set(won.map(({ hold }) => hold))) {
    const ofHold = won.filter(({ hold }) => hold.leaseId === leaseId);
    const [first] = ofHold;
    const found = new Map(ofHold.map(({ position, segment, content }) => [position, { segment, content }]));
    if (first) await moveHold(deps, pull, first.lease, first.hold, { found });
  }
}
