/**
 * Runs the engine as its child and ends it when its own input ends, which is when the server stops or
 * dies: however it dies, the kernel closes that pipe. Lives in a session of its own, so that Ctrl-C in
 * the terminal reaches the server alone, and the engine stays until the last request has finished.
 *
 *   node engine-guard.mjs BINARY ARGUMENTS...
 *
 * Prints the engine's process id as the first line; everything the engine says goes to stderr.
 */
/* oxlint-disable typescript/no-unsafe-call, typescript/no-unsafe-member-access, typescript/no-unsafe-assignment, typescript/no-unsafe-argument, typescript/no-unsafe-return -- plain JavaScript, so that it starts at once and without a compiler */
import { spawn } from 'node:child_process';

const STOP_BOUND_MS = 5000;

const [binary, ...args] = process.argv.slice(2);
const engine = spawn(binary, args, { stdio: ['ignore', 2, 2], windowsHide: true });

engine.once('spawn', () => process.stdout.write(`${engine.pid}\n`));
engine.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
  process.stdin.destroy();
});
engine.once('exit', (code, signal) => {
  if (signal) process.stderr.write(`ended by ${signal}\n`);
  process.exit(code ?? 1);
});

const stop = () => {
  engine.kill('SIGTERM');
  setTimeout(() => engine.kill('SIGKILL'), STOP_BOUND_MS).unref();
};
process.stdin.once('end', stop).once('error', stop).resume();
// Nobody reads any more once the server is dead: not a reason to leave the engine behind.
process.stdout.on('error', () => {});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
