import { isListed } from '../access-key/access.ts';
import type { Deps } from '../deps.ts';
import { checkLimit } from '../limits.ts';
import type { Definition } from '../ports/queue-table.ts';
import type { Queue } from '../queue.ts';
import { viewOf } from './view.ts';

export interface ListRequest {
  readonly prefix: string;
  readonly limit: number;
  /** As a page before answered it. */
  readonly cursor?: string;
}

export interface ListQueuesAnswer {
  readonly queues: readonly Queue[];
  /** Absent on the last page. */
  readonly cursor?: string;
}

/**
 * Queues by name, ascending. Made or deleted meanwhile: may or may not be there.
 * @throws CallerError `parameterOutOfRange`
 */
export async function listQueues(deps: Deps, request: ListRequest): Promise<ListQueuesAnswer> {
  const { found, ...rest } = await listNamed(deps, 'queue', request);
  return { queues: found, ...rest };
}

/** One page of a registry. */
export interface NamedPage {
  readonly found: readonly Definition[];
  readonly cursor?: string;
}

/**
 * Fewer than `limit`, also none, on a page of names that the caller's key is not for.
 * @throws CallerError `parameterOutOfRange`
 */
export async function listNamed(deps: Deps, registry: string, { prefix, limit, cursor }: ListRequest): Promise<NamedPage> {
  checkLimit('listQueues', 'limit', limit);
  const entries = await deps.queues.listNames({ registry, prefix, limit: limit + 1, ...(cursor === undefined ? {} : { after: cursor }) });
  const page = entries.slice(0, limit);
  const views = await Promise.all(page.filter(({ name }) => isListed(deps, registry, name)).map(({ incarnation }) => viewOf(deps, incarnation, 0)));
  const found = views.flatMap((view) => (view ? [view.definition] : []));
  const last = page[page.length - 1];
  return { found, ...(entries.length > limit && last ? { cursor: last.name } : {}) };
}
