import { readFile } from 'node:fs/promises';
import { archiveQueues } from '../../lib/housekeeping/archive-queues.ts';
import { archiverDeps } from './archiver-deps.ts';

/** Archives all that waits, and tells its own peak. */
const HOUR_MS = 3_600_000;
const [endpoint = '', objectFolder = ''] = process.argv.slice(2);

const beganMs = performance.now();
const { messages, objects, failed } = await archiveQueues(await archiverDeps(endpoint, objectFolder), { turnMs: HOUR_MS, olderThanMs: 0 });
const seconds = (performance.now() - beganMs) / 1000;
const [, peakKiB = 'NaN'] = /VmHWM:\s+(\d+) kB/.exec(await readFile('/proc/self/status', 'utf8')) ?? [];
process.stdout.write(`${messages} messages, ${objects} objects, ${failed} failed, ${seconds.toFixed(1)} s, peak ${Math.round(Number(peakKiB) / 1024)} MiB\n`);
process.exit(0);
