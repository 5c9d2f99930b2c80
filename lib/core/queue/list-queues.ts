import { isListed } from '../access-key/access.ts';
import type { Deps } from '../deps.ts';
import { checkLimit } from '../limits.ts';
import type { Definition, RegistryEntry } from '../ports/queue-table.ts';
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

/** @throws CallerError `parameterOutOfRange` */
export async function listNamed(deps: Deps, registry: string, { prefix, limit, cursor }: ListRequest): Promise<NamedPage> {
  checkLimit('listQueues', 'limit', limit);
  const entries = await listedNames(deps, registry, { prefix, limit: limit + 1, ...(cursor === undefined ? {} : { cursor }) });
  const page = entries.slice(0, limit);
  const views = await Promise.all(page.map(({ incarnation }) => viewOf(deps, incarnation, 0)));
  const found = views.flatMap((view) => (view ? [view.definition] : []));
  const last = page[page.length - 1];
  return { found, ...(entries.length > limit && last ? { cursor: last.name } : {}) };
}

/** Names of one read, where what is read is not all for the caller. */
const NAMES_READ = 1000;

/** As many as there are of those that the caller's key is for: none of the others is told of, not even by a cursor. */
async function listedNames(deps: Deps, registry: string, { prefix, limit, cursor }: ListRequest): Promise<readonly RegistryEntry[]> {
  const atOnce = deps.access?.kind === 'scoped' ? NAMES_READ : limit;
  const found: RegistryEntry[] = [];
  for (let after = cursor; ;) {
    const page: readonly RegistryEntry[] = await deps.queues.listNames({ registry, prefix, limit: atOnce, ...(after === undefined ? {} : { after }) });
    found.push(...page.filter(({ name }) => isListed(deps, registry, name)));
    after = page[page.length - 1]?.name;
    if (found.length >= limit || page.length < atOnce) return found.slice(0, limit);
  }
}
