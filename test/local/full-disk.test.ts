import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from './support/folders.ts';
import { createQueue, receiveAll, send } from './support/queue-calls.ts';
import { serverProcesses } from './support/server-process.ts';

const newFolder = temporaryFolders();
const { startIn } = serverProcesses();

/** A small disk of one's own needs Linux, and the right to make a mount namespace. */
function canMakeDisks(): boolean {
  try {
    execFileSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Runs what follows on a disk of 8 MB at `folder`, of which a file takes up a third. */
const onSmallDisk = (folder: string): readonly string[] => [
  'unshare', '-rm', 'sh', '-c', 'mount -t tmpfs -o size=8m none "$0" && head -c 3000000 /dev/zero > "$0/ballast" && exec "$@"', folder,
];

/** Sends until the disk is full. Answers what was acknowledged, and the refusal. */
async function sendUntilRefused(url: string, bodyBytes: number) {
  const acknowledged: string[] = [];
  for (;;) {
    const body = randomBytes(bodyBytes).toString('base64url');
    const reply = await send(url, 'jobs', body);
    if (reply.status !== 200) return { acknowledged: acknowledged.toSorted(), reply };
    acknowledged.push(body);
  }
}

describe.runIf(canMakeDisks())('a full disk', () => {
  it.each([
    ['table', 9000],
    ['object folder', 300_000],
  ])('of the %s is a 503, and what was acknowledged is there once there is room', async (_where, bodyBytes) => {
    const disk = await newFolder();
    const { url, process } = await startIn(onSmallDisk(disk), '--data', join(disk, 'data'));
    await createQueue(url, 'jobs');
    const { acknowledged, reply } = await sendUntilRefused(url, bodyBytes);
    expect(acknowledged.length).toBeGreaterThan(5);
    expect(reply).toMatchObject({ status: 503, body: { error: { code: expect.any(String) } } });
    expect(reply.headers.get('retry-after')).toBe('1');

    const inside = `/proc/${process.pid}/root${disk}`;
    expect(await readdir(`${inside}/data/objects/.unfinished`).catch(() => [])).toEqual([]);
    await rm(`${inside}/ballast`);
    expect(await receiveAll(url, 'jobs')).toEqual(expect.arrayContaining(acknowledged));
    expect((await send(url, 'jobs', 'room again')).status).toBe(200);
  });
});
