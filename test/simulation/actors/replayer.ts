import { runJob } from '../../../lib/housekeeping/run-job.ts';
import { cancelReplay, readReplay, startReplay } from '../../../lib/core/queue/replay.ts';
import { epochMs } from '../../../lib/core/time.ts';
import type { Actor, Stage } from '../stage.ts';

/** Copies windows into a queue beside, goes on with what others left behind, and cancels now and then. */
export const replayer: Actor = {
  enter: (stage) => async () => {
    const { dice, world, ask } = stage;
    if (dice.chance(0.25)) await start(stage);
    const job = world.replays.length > 0 ? dice.pick(world.replays) : undefined;
    if (!job) return;
    const replay = { name: 'orders', replayId: job.jobId };
    if (dice.chance(0.2)) await ask('read replay', (deps) => readReplay(deps, replay));
    if (dice.chance(0.03)) await ask('cancel replay', (deps) => cancelReplay(deps, replay));
    await ask('run replay', (deps) => runJob(deps, job, { untilMs: deps.system.now() + dice.pick([0, 5000, 60_000]) }));
  },
};

async function start({ dice, world, ask }: Stage): Promise<void> {
  const agoMs = dice.magnitude(1, dice.pick([1000, 60_000, 3_600_000, 86_400_000]));
  const fromMs = epochMs(Math.floor(world.scheduler.nowMs - agoMs));
  const pace = dice.pick([undefined, undefined, { speed: 1000 }, { messagesPerSecond: 1000 }]);
  const askedAtMs = world.scheduler.nowMs;
  const reply = await ask('start replay', (deps) => startReplay(deps, { name: 'orders', target: 'side', from: { atMs: fromMs }, ...(pace ? { pace } : {}) }));
  if (reply.kind === 'answered') world.replayed.set(reply.value.replayId, { incarnation: reply.value.incarnation, fromMs, toMs: reply.value.toMs, askedAtMs });
}
