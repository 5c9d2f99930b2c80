import { readdir, readFile } from 'node:fs/promises';

/**
 * CPU time, in ms, that a process and everything below it have used so far; undefined where the
 * system does not tell (it is read from /proc). On a machine that does other work too it says more
 * than messages per second.
 */
export async function treeCpuMs(rootPid: number): Promise<number | undefined> {
  const processes = await allProcesses();
  const members = new Set([rootPid]);
  // Parents have not always the smaller number: as often as anything is found.
  for (let before = 0; before < members.size;) {
    before = members.size;
    for (const { pid, parent } of processes) if (members.has(parent)) members.add(pid);
  }
  const own = processes.filter(({ pid }) => members.has(pid));
  return own.length === 0 ? undefined : own.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}

interface ProcessState { readonly pid: number; readonly parent: number; readonly cpuMs: number }

async function allProcesses(): Promise<readonly ProcessState[]> {
  const names = await readdir('/proc').catch(() => []);
  const states = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map(async (name) =>
    // One that has ended meanwhile has no file any more.
    parseStat(await readFile(`/proc/${name}/stat`, 'utf8').catch(() => ''))));
  return states.flatMap((state) => (state ? [state] : []));
}

const MS_PER_TICK = 10;

/** proc(5): behind the name in brackets come state, parent, … and, 12th to 15th, the times of itself and of children that ended. */
function parseStat(stat: string): ProcessState | undefined {
  const [, pid, rest] = /^(\d+) \(.*\) (.*)$/s.exec(stat) ?? [];
  if (pid === undefined || rest === undefined) return undefined;
  const fields = rest.split(' ').map(Number);
  const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0);
  return { pid: Number(pid), parent: fields[1] ?? 0, cpuMs: ticks * MS_PER_TICK };
}
