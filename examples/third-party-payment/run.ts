import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { demonstrate } from './demonstration.ts';

/** `npm run example:payments`: the whole example, told as it goes. Exits 0 when every payment came to whom it concerns. */
const paymentsMax = 1000;

const { values } = parseArgs({
  options: {
    payments: { type: 'string', default: '100' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(`Usage: npm run example:payments -- [flags]

  --payments N  how many ordinary payments, 4 to ${paymentsMax} (default 100)

Starts a RewindMQ of its own, and leaves nothing behind.`);
  process.exit(0);
}

const payments = Number(values.payments);
if (!Number.isInteger(payments) || payments < 4 || payments > paymentsMax) {
  console.error(`--payments must be a whole number from 4 to ${paymentsMax}, got ${values.payments}`);
  process.exit(2);
}

// Whatever was started ends with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const startMs = performance.now();
const say = (text: string) => console.log(`${((performance.now() - startMs) / 1000).toFixed(2).padStart(6)} s  ${text}`);

const { accepted, refused, problems } = await demonstrate({ payments }, say);

for (const problem of problems) console.error(`WRONG: ${problem}`);
const verdict = problems.length === 0 ? 'all checked and right' : `${problems.length} wrong`;
console.log(`\n${accepted.length} payments, ${refused} refused, ${verdict}.`);
process.exitCode = problems.length === 0 ? 0 : 1;
