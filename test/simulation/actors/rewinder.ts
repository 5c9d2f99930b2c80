import { rewindQueue } from '../../../lib/core/queue/rewind-queue.ts';
import type { RewindRequest } from '../../../lib/core/queue/rewind-window.ts';
import { undoRewind } from '../../../lib/core/queue/undo-rewind.ts';
import { listRewinds } from '../../../lib/core/queue/list-rewinds.ts';
import { epochMs } from '../../../lib/core/time.ts';
import type { Actor, Stage } from '../stage.ts';

/** Rewinds by time and by message, selects from windows, the same twice at times, undoes, also below what came after it, or lets rewinds and selections cross; while everybody works. */
export const rewinder: Actor = rewinderOf({ nameOf: () => 'orders', log: 'orders' });

export interface Rewound {
  /** A queue, or one of a few subscriptions. */
  readonly nameOf: (stage: Stage) => string;
  /** Whose messages they are. */
  readonly log: string;
}

export function rewinderOf({ nameOf, log }: Rewound): Actor {
  return { enter(stage) {
    const known: string[] = [];
    const selections: string[] = [];
    const at: Place = { stage, name: nameOf(stage), log };
    return async () => {
      const deed = stage.dice.next();
      if (deed < 0.12) known.push(...await rewind(at, 'rewind', startOf(at)));
      else if (deed < 0.24) selections.push(...await rewind(at, 'select', selectionOf(at)));
      else if (deed < 0.28) await selectTwice(at, selections);
      else if (deed < 0.34) await undo(at, known);
      else if (deed < 0.38) await undo(at, selections);
      else if (deed < 0.44) await list(at, known);
      else if (deed < 0.48) await entangle(at, selections);
    };
  } };
}

interface Place {
  readonly stage: Stage;
  readonly name: string;
  readonly log: string;
}

async function rewind({ stage, name }: Place, operation: string, request: Omit<RewindRequest, 'name'>): Promise<readonly string[]> {
  const requestedBy = stage.world.switchAsked();
  const reply = await stage.ask(operation, (deps) => rewindQueue(deps, { name, requestedBy, ...request }));
  return reply.kind === 'answered' ? [reply.value.rewindId] : [];
}

/** Both mean the same messages: only one of them hands each out. */
async function selectTwice(place: Place, selections: string[]): Promise<void> {
  const request = selectionOf(place);
  for (const operation of ['select', 'select the same']) selections.push(...await rewind(place, operation, request));
}

/** A time in the past, or a message that somebody sent. */
function startOf(place: Place): Pick<RewindRequest, 'from'> {
  const { dice, world } = place.stage;
  const messageId = dice.chance(0.4) ? anyMessage(place.stage, place.log) : undefined;
  if (messageId !== undefined) return { from: { messageId } };
  const agoMs = dice.magnitude(1, dice.pick([1000, 60_000, 3_600_000, 86_400_000]));
  return { from: { atMs: epochMs(Math.floor(world.scheduler.nowMs - agoMs)) } };
}

function selectionOf(place: Place): Pick<RewindRequest, 'from' | 'toMs' | 'filter'> {
  const { dice, world } = place.stage;
  const outcome = dice.pick([undefined, undefined, 'deleted', 'deadLettered'] as const);
  const ids = Array.from({ length: dice.between(1, 5) }, () => anyMessage(place.stage, place.log)).filter((id) => id !== undefined);
  const filter = { ...(outcome ? { outcome } : {}), ...(dice.chance(0.3) && ids.length > 0 ? { messageIds: ids } : {}) };
  return { ...startOf(place), filter, ...(dice.chance(0.5) ? { toMs: epochMs(Math.ceil(world.scheduler.nowMs)) } : {}) };
}

/** From a rewind to its effect. */
const EFFECTIVE_MS = 3000;

/** A rewind between a selection and the undo of that, or just before a selection; then the rewind is undone. */
async function entangle(place: Place, selections: string[]): Promise<void> {
  const { dice, world: { scheduler } } = place.stage;
  const ago = (minMs: number, maxMs: number) => ({ from: { atMs: epochMs(Math.floor(scheduler.nowMs - dice.magnitude(minMs, maxMs))) } });
  const select = async () => { selections.push(...await rewind(place, 'select', { ...ago(1000, 3_600_000), filter: {} })); };
  const untilInEffect = () => scheduler.sleep(dice.magnitude(EFFECTIVE_MS, 3 * EFFECTIVE_MS));
  const isBefore = dice.chance(0.5);
  if (isBefore) await select();
  const rewinds = await rewind(place, 'rewind', ago(1, 1000));
  await untilInEffect();
  await (isBefore ? undo(place, selections) : select());
  await untilInEffect();
  await undo(place, rewinds);
}

export function anyMessage({ dice, world }: Stage, name: string): string | undefined {
  const ids = [...world.book.entries.values()].filter(({ log }) => world.book.incarnations.get(log)?.name === name).map(({ messageId }) => messageId);
  return ids.length > 0 ? dice.pick(ids) : undefined;
}

async function undo({ stage: { world, dice, ask }, name }: Place, known: readonly string[]): Promise<void> {
  const rewindId = known.length > 0 && dice.chance(0.8) ? known[known.length - 1] : dice.pick([...known, 'nosuch']);
  const requestedBy = world.switchAsked();
  await ask('undo', (deps) => undoRewind(deps, { name, requestedBy, rewindId: rewindId ?? 'nosuch' }));
}

/** What others did can be undone too. */
async function list({ stage, name }: Place, known: string[]): Promise<void> {
  const reply = await stage.ask('list rewinds', (deps) => listRewinds(deps, { name }));
  if (reply.kind === 'answered') known.push(...reply.value.filter(({ kind, state }) => kind !== 'selection' && state === 'inEffect').map(({ rewindId }) => rewindId));
}
