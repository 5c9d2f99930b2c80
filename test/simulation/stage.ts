import { CallerError, StoreUnavailable } from '../../lib/core/errors.ts';
import type { Deps } from '../../lib/core/deps.ts';
import type { Dice } from './dice.ts';
import { InstanceDied } from './instance.ts';
import type { Instance } from './instance.ts';
import type { World } from './world.ts';

/** What became of a request, as its client sees it. */
export type Reply<T> =
  | { readonly kind: 'answered'; readonly value: T; readonly instance: Instance }
  | { readonly kind: 'refused'; readonly error: CallerError }
  /** No answer: it may have happened. */
  | { readonly kind: 'unknown' };

/** Where an actor stands: the world, its own dice, and its line to the service. */
export interface Stage {
  readonly world: World;
  readonly name: string;
  readonly dice: Dice;
  /** A request to an instance of the load balancer's choice, counted by its name. */
  ask<T>(operation: string, request: (deps: Deps) => Promise<T>): Promise<Reply<T>>;
}

/**
 * A client that does one thing after another until the run is over. To add one: a file in actors/
 * that exports one of these, and a row in actors/cast.ts.
 */
export interface Actor {
  /** Makes one that remembers; each call of what it answers is one deed. */
  enter(stage: Stage): () => Promise<void>;
}

export function stageFor(world: World, name: string): Stage {
  const dice = world.dice.fork(name);
  return {
    world, name, dice,
    async ask(operation, request) {
      const instance = world.instanceFor(dice);
      world.countOperation(operation);
      world.trace(`${name} asks ${instance.name} to ${operation}`);
      try {
        return { kind: 'answered', value: await instance.serve(request), instance };
      } catch (error) {
        if (error instanceof CallerError) return { kind: 'refused', error };
        if (!(error instanceof StoreUnavailable) && !(error instanceof InstanceDied)) world.reported(error);
        world.trace(`${name}: ${operation} without an answer`);
        return { kind: 'unknown' };
      }
    },
  };
}
