import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A process that cannot be mistaken for another one that got its number later. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started, in the words of the operating system; absent where that cannot be told. */
  readonly started?: string;
}

const run = promisify(execFile);

/** Who runs under this number now; undefined when nobody does. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  if (!isAlive(pid)) return undefined;
  if (process.platform === 'linux') return identifyOnLinux(pid);
  const started = process.platform === 'win32' ? undefined : await startByPs(pid);
  return started === undefined ? { pid } : { pid, started };
}

/** Is it still the same process? Where the start is not known, a living process of that number counts as it. */
export async function isStillRunning(known: ProcessIdentity): Promise<boolean> {
  const now = await identify(known.pid);
  return now !== undefined && (now.started === undefined || known.started === undefined || now.started === known.started);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, but another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** undefined where this system has no such tool: then a process is told by its number alone. */
const startByPs = async (pid: number): Promise<string | undefined> =>
  run('ps', ['-o', 'lstart=', '-p', String(pid)]).then(({ stdout }) => stdout.trim() || undefined, () => undefined);

/** Clock ticks since boot are unique within one boot only. */
async function identifyOnLinux(pid: number): Promise<ProcessIdentity | undefined> {
  const [stat, boot] = await Promise.all([readIfThere(`/proc/${pid}/stat`), readIfThere('/proc/sys/kernel/random/boot_id')]);
  if (stat === undefined) return undefined;
  const { state, startTime } = parseStat(stat);
  // Ended, holding nothing any more: its parent has not looked yet, and in a container perhaps never will.
  return state === 'Z' ? undefined : { pid, started: `${(boot ?? '').trim()} ${startTime}` };
}

/** undefined on systems without /proc, and for a process that is gone. */
export async function parentOf(pid: number): Promise<number | undefined> {
  const stat = await readIfThere(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : Number(parseStat(stat).parentPid);
}

const readIfThere = async (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined);

interface Stat {
  readonly state: string | undefined;
  readonly parentPid: string | undefined;
  readonly startTime: string | undefined;
}

/** The name in parentheses may hold anything, so the fields of proc(5) are counted from behind it. */
function parseStat(stat: string): Stat {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => fields[number - STATE_FIELD];
  return { state: field(STATE_FIELD), parentPid: field(PARENT_FIELD), startTime: field(START_TIME_FIELD) };
}

const STATE_FIELD = 3;
const PARENT_FIELD = 4;
const START_TIME_FIELD = 22;
