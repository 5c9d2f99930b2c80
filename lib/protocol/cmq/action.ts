import type { Operation } from '../../core/access-key/operations.ts';
import type { Deps } from '../../core/deps.ts';
import type { Parameters } from './parameters.ts';

/** A request whose action was found and whose sender may ask for it. */
export interface Call {
  readonly params: Parameters;
  /** Where the caller has reached us. */
  readonly host: string;
  /** Who asks for it, where that is known: what is kept of a rewind or a purge names them. */
  readonly requestedBy: { readonly requestedBy?: string };
  /** Aborted when the caller went away. */
  readonly signal?: AbortSignal;
}

/** What an answer has beside code, message and request id. */
export type Fields = Readonly<Record<string, unknown>>;

/** One row of the dialect. */
export interface Action {
  /** `Action=`, compared without regard to case. */
  readonly name: string;
  /** What the native API calls what it does: access keys speak of that. */
  readonly operation: Operation;
  /** The parameter that names what it is about. */
  readonly about: 'queueName' | 'topicName' | undefined;
  run(deps: Deps, call: Call): Promise<Fields>;
}
