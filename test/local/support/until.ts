import { setTimeout as pause } from 'node:timers/promises';

const LOOK_AGAIN_MS = 20;
const BOUND_MS = 15_000;

/** Resolves once another process has come so far; fails with what it waited for after 15 s. */
export async function until(hasCome: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = Date.now() + BOUND_MS;
  while (!await hasCome()) {
    if (Date.now() > endMs) throw new Error(`waited ${BOUND_MS} ms in vain for: ${hasCome.toString()}`);
    await pause(LOOK_AGAIN_MS);
  }
}
