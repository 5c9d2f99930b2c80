import { run } from './run.ts';

const interruption = new AbortController();
// Once: a second one ends it at once, as the system does by itself.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());

// What a write failed with comes to its callback; without a listener it would also end the process.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {});

const exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  nowMs: Date.now(),
  print: (text) => new Promise((resolve, reject) => {
    process.stdout.write(text, (fault) => (fault ? reject(fault) : resolve()));
  }),
  tell: (text) => void process.stderr.write(text),
  interrupted: interruption.signal,
});
// Not only set: a search for credentials that was interrupted would hold the process up.
process.exit(exitCode);
