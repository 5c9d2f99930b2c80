import { AsyncLocalStorage } from 'node:async_hooks';

/** One request to the table or to the object store, with its price. */
export interface TracedRequest {
  /** What it did to what: `put segment`, `query alarm`. */
  readonly name: string;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly s3Puts: number;
  readonly s3Gets: number;
  /** Places in the order of all beginnings and ends. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Told what a request consumed, from within it. */
export interface RequestMeter {
  read(units: number): void;
  write(units: number): void;
  objectPut(): void;
  objectGet(): void;
}

/** Records requests, and knows which one a capacity figure belongs to, also while several are under way. */
export interface Trace {
  readonly meter: RequestMeter;
  request<T>(name: string, send: () => Promise<T>): Promise<T>;
  /** What `work` sent, until nothing it left behind is under way. */
  record<T>(work: () => Promise<T>): Promise<Recording<T>>;
  /** Until no request is under way, and none comes of the last one's answer. */
  readonly atRest: () => Promise<void>;
}

export interface Recording<T> {
  readonly answer: T;
  readonly requests: readonly TracedRequest[];
  /** Length of the longest chain of requests, each after the end of the one before, up to the answer. */
  readonly roundTrips: number;
}

type OpenRequest = { -readonly [Name in keyof TracedRequest]: TracedRequest[Name] };

export function newTrace(): Trace {
  const current = new AsyncLocalStorage<OpenRequest>();
  let sequence = 0;
  let open = 0;
  let finished: TracedRequest[] = [];
  const atRest = async (): Promise<void> => {
    await turn();
    if (open > 0) await atRest();
  };
  const consume = (name: 'readUnits' | 'writeUnits' | 's3Puts' | 's3Gets', units: number): void => {
    const request = current.getStore();
    if (!request) throw new Error(`${units} ${name} were reported outside of any request`);
    request[name] += units;
  };
  return {
    atRest,
    meter: {
      read: (units) => consume('readUnits', units),
      write: (units) => consume('writeUnits', units),
      objectPut: () => consume('s3Puts', 1),
      objectGet: () => consume('s3Gets', 1),
    },
    async request(name, send) {
      const request: OpenRequest = { name, writeUnits: 0, readUnits: 0, s3Puts: 0, s3Gets: 0, startedAt: ++sequence, endedAt: 0 };
      open += 1;
      try {
        return await current.run(request, async () => {
          // A request takes a turn at least, also to a table in memory: others that wait for nothing begin meanwhile.
          await turn();
          return send();
        });
      } finally {
        open -= 1;
        request.endedAt = ++sequence;
        finished.push(request);
      }
    },
    async record(work) {
      finished = [];
      const answer = await work();
      const answeredAt = ++sequence;
      await atRest();
      const requests = finished.filter(wasSent).toSorted((a, b) => a.startedAt - b.startedAt);
      finished = [];
      return { answer, requests, roundTrips: longestChain(requests.filter(({ endedAt }) => endedAt < answeredAt)) };
    },
  };
}

/** An adapter answers what cannot exist, as an empty range, by itself. Deleting an object is free. */
const wasSent = ({ name, writeUnits, readUnits, s3Puts, s3Gets }: TracedRequest): boolean =>
  writeUnits + readUnits + s3Puts + s3Gets > 0 || name === 'delete object';

const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

function longestChain(requests: readonly TracedRequest[]): number {
  const links: { readonly endedAt: number; readonly length: number }[] = [];
  for (const { startedAt, endedAt } of requests) {
    const before = links.filter((link) => link.endedAt < startedAt).map(({ length }) => length);
    links.push({ endedAt, length: 1 + Math.max(0, ...before) });
  }
  return Math.max(0, ...links.map(({ length }) => length));
}
