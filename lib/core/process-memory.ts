/** Hints of one process; filled in by the parts that own them. */
export interface ProcessMemory {
  readonly startedAtMs: number;
}

export const processMemory = (): ProcessMemory => ({ startedAtMs: 0 });
