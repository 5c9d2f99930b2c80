import { readFile } from 'node:fs/promises';
import { identify, isStillRunning, parentOf, type ProcessIdentity } from './process-identity.ts';

const LOOK_EVERY_MS = 500;
const ANCESTORS_MAX = 3;

/**
 * `npm start` puts npm and a shell above this process. Killed with -9, npm leaves both behind, with
 * the port and the folder, and the person believes that the server is gone: so `onGone` is called soon
 * after npm is. Only npm is watched: who starts the server by hand may well mean it to outlive a shell.
 * On systems without /proc nothing is watched.
 */
export async function watchLauncher(environment: Readonly<Record<string, string | undefined>>, onGone: () => void): Promise<void> {
  if (environment['npm_lifecycle_event'] !== 'start') return;
  const npm = await npmAbove(process.ppid);
  if (!npm) return;
  const timer = setInterval(() => void look(), LOOK_EVERY_MS).unref();
  const look = async (): Promise<void> => {
    if (await isStillRunning(npm)) return;
    clearInterval(timer);
    onGone();
  };
}

async function npmAbove(firstPid: number): Promise<ProcessIdentity | undefined> {
  let pid: number | undefined = firstPid;
  for (let ancestors = 0; pid !== undefined && pid > 1 && ancestors < ANCESTORS_MAX; ancestors += 1) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (/^npm\b|npm-cli\.js/.test(command)) return identify(pid);
    pid = await parentOf(pid);
  }
  return undefined;
}
