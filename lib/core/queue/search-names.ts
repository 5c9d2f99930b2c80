import { isListed } from '../access-key/access.ts';
import type { Deps } from '../deps.ts';
import type { RegistryEntry } from '../ports/queue-table.ts';

export interface NameSearch {
  readonly registry: string;
  /** Anywhere in the name, in any case; empty: all names. */
  readonly word: string;
  readonly offset: number;
  readonly limit: number;
}

export interface FoundNames {
  readonly found: readonly RegistryEntry[];
  /** Of all that there are, before and behind what is shown. */
  readonly total: number;
}

/** Reads the whole registry, a hundred bytes a name: what a search inside of names costs where there is no index of it. */
export async function searchNames(deps: Deps, { registry, word, offset, limit }: NameSearch): Promise<FoundNames> {
  const wanted = word.toLowerCase();
  const all = (await allNames(deps, registry, '')).filter(({ name }) => isListed(deps, registry, name) && name.toLowerCase().includes(wanted));
  return { found: all.slice(offset, offset + limit), total: all.length };
}

/** The name that differs at most in its case, if there is one. Two that are made at the same time do not see each other. */
export async function nameIgnoringCase(deps: Deps, registry: string, name: string): Promise<string | undefined> {
  const first = name.slice(0, 1);
  const beginnings = [...new Set([first.toLowerCase(), first.toUpperCase()])];
  const alike = (await Promise.all(beginnings.map((prefix) => allNames(deps, registry, prefix)))).flat();
  return alike.find((entry) => entry.name.toLowerCase() === name.toLowerCase())?.name;
}

const PAGE = 1000;

async function allNames(deps: Deps, registry: string, prefix: string): Promise<readonly RegistryEntry[]> {
  const all: RegistryEntry[] = [];
  let page: readonly RegistryEntry[];
  do {
    const last = all[all.length - 1];
    page = await deps.queues.listNames({ registry, prefix, limit: PAGE, ...(last ? { after: last.name } : {}) });
    all.push(...page);
  } while (page.length === PAGE);
  return all;
}
