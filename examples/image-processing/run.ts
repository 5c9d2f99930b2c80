import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { demonstrate } from './demonstration.ts';

/** `npm run example:images`: the whole example, told as it goes. Exits 0 when every result is there and right. */
const workersMax = 32;

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '3' },
    pictures: { type: 'string', default: fileURLToPath(new URL('pictures', import.meta.url)) },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(`Usage: npm run example:images -- [flags]

  --workers N     worker processes, 1 to ${workersMax} (default 3); from 2 on, one of them is killed
  --pictures DIR  folder of JPEG, PNG or WebP pictures (default: the samples of the example)
  --keep          leave pictures, results and queues behind, and say where

Uses the RewindMQ at REWINDMQ_URL, or starts one of its own.`);
  process.exit(0);
}

const workers = Number(values.workers);
if (!Number.isInteger(workers) || workers < 1 || workers > workersMax) {
  console.error(`--workers must be a whole number from 1 to ${workersMax}, got ${values.workers}`);
  process.exit(2);
}

// Whatever was started ends with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const startMs = performance.now();
const say = (text: string) => console.log(`${((performance.now() - startMs) / 1000).toFixed(2).padStart(6)} s  ${text}`);

const { pictures, results, problems } = await demonstrate({
  workers,
  pictures: values.pictures,
  rewindmqUrl: process.env['REWINDMQ_URL'] || undefined,
  keep: values.keep,
}, say);

for (const problem of problems) console.error(`WRONG: ${problem}`);
const verdict = problems.length === 0 ? 'all checked and right' : `${problems.length} wrong`;
console.log(`\n${pictures} pictures, ${results} results, ${verdict}.`);
process.exitCode = problems.length === 0 ? 0 : 1;
