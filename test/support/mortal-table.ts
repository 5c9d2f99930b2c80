import type { ItemTable } from '../../lib/storage/items/item-table.ts';

/** When a process is killed: at its request of that number, before or after it has landed. */
export interface Death {
  readonly request: number;
  readonly landed: boolean;
}

export interface MortalTable {
  readonly table: ItemTable;
  /** Resolves when the process is killed, if it is. */
  readonly died: Promise<void>;
  readonly isDead: () => boolean;
}

const never = new Promise<never>(() => {});

/** The table of a process that is killed: from then on nothing of it goes on. */
export function mortalTable(inner: ItemTable, death: Death): MortalTable {
  let requests = 0;
  let isDead = false;
  let tell = () => {};
  const died = new Promise<void>((resolve) => { tell = resolve; });
  const die = (): Promise<never> => {
    isDead = true;
    tell();
    return never;
  };
  const request = async <T>(send: () => Promise<T>): Promise<T> => {
    requests += 1;
    const isLast = requests === death.request;
    if (isDead || (isLast && !death.landed)) return die();
    const answer = await send();
    return isDead || isLast ? die() : answer;
  };
  const table: ItemTable = {
    put: (...args) => request(() => inner.put(...args)),
    get: (...args) => request(() => inner.get(...args)),
    query: (...args) => request(() => inner.query(...args)),
    update: (...args) => request(() => inner.update(...args)),
    remove: (...args) => request(() => inner.remove(...args)),
  };
  return { table, died, isDead: () => isDead };
}
