/** What a stretch of work cost, in the units of the bill. */
export interface Consumption {
  readonly writeUnits: number;
  readonly readUnits: number;
  /** Requests to the table. */
  readonly requests: number;
  readonly objectPuts: number;
  readonly objectGets: number;
}

const NOTHING: Consumption = { writeUnits: 0, readUnits: 0, requests: 0, objectPuts: 0, objectGets: 0 };

/** Adds up what tables and object stores report. Give one to the adapters whose cost is wanted. */
export interface CapacityMeter {
  read(units: number): void;
  write(units: number): void;
  objectPut(): void;
  objectGet(): void;
  consumed(): Consumption;
  reset(): void;
}

export function capacityMeter(): CapacityMeter {
  let total = NOTHING;
  const add = (more: Partial<Consumption>): void => {
    total = {
      writeUnits: total.writeUnits + (more.writeUnits ?? 0),
      readUnits: total.readUnits + (more.readUnits ?? 0),
      requests: total.requests + (more.requests ?? 0),
      objectPuts: total.objectPuts + (more.objectPuts ?? 0),
      objectGets: total.objectGets + (more.objectGets ?? 0),
    };
  };
  return {
    read: (units) => add({ readUnits: units, requests: 1 }),
    write: (units) => add({ writeUnits: units, requests: 1 }),
    objectPut: () => add({ objectPuts: 1 }),
    objectGet: () => add({ objectGets: 1 }),
    consumed: () => total,
    reset: () => { total = NOTHING; },
  };
}
