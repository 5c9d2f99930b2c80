import { EventEmitter, once } from 'node:events';
import type { WorkerEvent } from './events.ts';
import { type Program, startProgram } from './programs.ts';

/** The worker that was killed, and the picture it had in hand. */
export interface Loss {
  readonly worker: string;
  readonly pictureKey: string;
}

/** Who did the picture of the killed worker, and in which delivery. */
export interface TakeOver {
  readonly worker: string;
  readonly receiveCount: number;
}

export interface Workforce {
  /** Resolves when every worker asks for work. */
  readonly ready: Promise<void>;
  /** The worker killed in the middle, if there was one. */
  loss(): Promise<Loss | undefined>;
  /** Resolves when another worker has finished the picture of the killed one. */
  readonly takeOver: Promise<TakeOver>;
  stop(): Promise<void>;
}

/** What the workers tell, and the one thing they cannot tell themselves. */
export type WorkforceEvent = WorkerEvent | ({ readonly event: 'killed' } & Loss);

interface Team {
  readonly members: Map<string, Program>;
  readonly say: (event: WorkforceEvent) => void;
  readonly startMember: () => Promise<void>;
  readonly takenOver: (by: TakeOver) => void;
  /** Being killed right now, or found dead with a picture in its hand. */
  victim?: string;
  killing?: Promise<void>;
  loss?: Loss;
}

/**
 * Start `size` workers, each a process of its own. With `killOne`, the first that has stored one of the results of a
 * picture is killed there and then: no warning, no clean-up, its message still held.
 */
export function startWorkforce(
  { size, args, killOne, say }: { size: number; args: readonly string[]; killOne: boolean; say: Team['say'] },
): Workforce {
  let hired = 0;
  const takeOvers = new EventEmitter<{ takeOver: [TakeOver] }>();
  const takeOver = once(takeOvers, 'takeOver').then(([first]) => first as TakeOver);
  const team: Team = { members: new Map(), say, startMember, takenOver: (by) => takeOvers.emit('takeOver', by) };

  function startMember(): Promise<void> {
    hired += 1;
    const name = `worker ${hired}`;
    return new Promise((resolve, reject) => {
      const program = startProgram('examples/image-processing/worker.ts', ['--name', name, ...args], (line) => {
        const event = JSON.parse(line) as WorkerEvent;
        if (event.event === 'ready') resolve();
        hear(team, event, killOne);
      });
      team.members.set(name, program);
      void program.ended.then((how) => reject(new Error(`${name} ended (${how}) before it was ready`)));
    });
  }

  return {
    ready: Promise.all(Array.from({ length: size }, startMember)).then(() => undefined),
    takeOver,
    loss: async () => {
      await team.killing;
      return team.loss;
    },
    stop: async () => {
      await Promise.all([...team.members.values()].map((member) => member.stop()));
    },
  };
}

function hear(team: Team, event: WorkerEvent, killOne: boolean): void {
  team.say(event);
  const { worker } = event;
  if (event.event === 'stored' && killOne && !team.victim) {
    team.victim = worker;
    team.killing = kill(team, { worker, pictureKey: event.pictureKey });
  }
  if (event.event !== 'finished') return;
  if (team.victim === worker) {
    // It was quicker than the kill, and died with nothing in hand: the next one will do.
    delete team.victim;
    void team.startMember();
  }
  if (team.loss?.pictureKey === event.pictureKey) team.takenOver(event);
}

async function kill(team: Team, { worker, pictureKey }: Loss): Promise<void> {
  const program = team.members.get(worker);
  team.members.delete(worker);
  program?.kill();
  await program?.ended;
  // Its last line was read by now.
  if (team.victim !== worker) return;
  team.loss = { worker, pictureKey };
  team.say({ event: 'killed', worker, pictureKey });
}
