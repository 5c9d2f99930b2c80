import { parseArgs } from 'node:util';
import { measureCollisions } from './collisions/measure.ts';
import { commandFor, Tally, traceOf } from './report.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulate.ts';
import type { Plan, Play, World } from './world.ts';

const usage = `npm run simulate -- --seed N [--operations N] [--without ACTORS] [--faults FAULTS] [--trace]   one run, exactly as it was
npm run simulate -- --runs N [--from N]   many, from seed 1 or --from on
npm run simulate -- --topics …              the same of a topic and its subscriptions
npm run simulate -- --collisions            writes wasted and latencies by the number of senders and consumers`;

/** Replays one seed, or runs many; ends with an error when an invariant broke. */
async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' }, runs: { type: 'string' }, from: { type: 'string', default: '1' },
      without: { type: 'string', default: '' }, operations: { type: 'string' }, faults: { type: 'string' }, trace: { type: 'boolean', default: false },
      collisions: { type: 'boolean', default: false }, topics: { type: 'boolean', default: false },
    },
  });
  const play: Play = values.topics ? 'topic' : 'queue';
  if (values.seed !== undefined) {
    return replay({
      seed: Number(values.seed), play, without: new Set(values.without.split(',').filter((name) => name !== '')),
      ...(values.faults === undefined ? {} : { faults: new Set(values.faults.split(',')) }),
      ...(values.operations === undefined ? {} : { operationsMax: Number(values.operations) }),
    }, values.trace);
  }
  if (values.runs !== undefined) return runMany(play, Number(values.from), Number(values.runs));
  if (values.collisions) {
    await measureCollisions(print);
    return true;
  }
  print(usage);
  return false;
}

async function replay(plan: Plan, showsAll: boolean): Promise<boolean> {
  const world = await simulate(plan);
  for (const line of showsAll ? world.lines : []) print(line);
  const tally = new Tally(plan.play);
  tally.add(world);
  print(tally.text());
  print(`trace ${world.hash.toString(16)}`);
  if (!world.violation) return true;
  for (const line of traceOf(world)) print(line);
  print(world.violation.message);
  return false;
}

async function runMany(play: Play, from: number, runs: number): Promise<boolean> {
  const tally = new Tally(play);
  let violations = 0;
  for (let seed = from; seed < from + runs; seed += 1) {
    const world = await simulate({ seed, play });
    tally.add(world);
    if (world.violation) {
      violations += 1;
      await explain(world);
    }
    if (tally.runs % 500 === 0) print(`${tally.runs} runs, ${tally.steps} steps, ${violations} violations`);
  }
  print(tally.text());
  const unseen = tally.unseen();
  if (unseen.length > 0) print(`never happened: ${unseen.join(', ')}`);
  print(`${violations} violations`);
  return violations === 0 && unseen.length === 0;
}

async function explain(world: World): Promise<void> {
  print(`seed ${world.plan.seed}: ${world.violation?.message}`);
  const shortest = await shrink(world);
  for (const line of traceOf(shortest)) print(line);
  print(`${shortest.violation?.message}\nshortest schedule found: ${commandFor(shortest.plan)}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main() ? 0 : 1;
