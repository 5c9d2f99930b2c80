import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { demonstrate } from './demonstration.ts';

/** `npm run example:query`: the whole example, told as it goes. Exits 0 when what was wrong, and nothing else, came again. */
const ordersMax = 30_000;

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '20000' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(`Usage: npm run example:query -- [flags]

  --orders N  how many orders go through the queue, 1 to ${ordersMax} (default 20000)
  --keep      leave the data behind, and say where

Starts a RewindMQ of its own.`);
  process.exit(0);
}

const orders = Number(values.orders);
if (!Number.isInteger(orders) || orders < 1 || orders > ordersMax) {
  console.error(`--orders must be a whole number from 1 to ${ordersMax}, got ${values.orders}`);
  process.exit(2);
}

// Whatever was started ends with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const startMs = performance.now();
const say = (text: string) => console.log(`${((performance.now() - startMs) / 1000).toFixed(2).padStart(6)} s  ${text}`);

const { selected, cameAgain, problems } = await demonstrate({ orders, keep: values.keep }, say);

for (const problem of problems) console.error(`WRONG: ${problem}`);
const verdict = problems.length === 0 ? 'all checked and right' : `${problems.length} wrong`;
console.log(`\n${orders} orders, ${selected} selected by SQL, ${cameAgain} came again, ${verdict}.`);
process.exitCode = problems.length === 0 ? 0 : 1;
