import type { Broker } from './broker.ts';
import { coldReport, type ColdRates, coldTable, measureCold } from './cold.ts';
import { throughputOptions, type ThroughputOptions, throughputUsage } from './options.ts';
import { type PhaseMeasures, runPhases } from './phases.ts';
import { startRabbitmq } from './rabbitmq-broker.ts';
import { type SystemRounds, throughputReport, throughputTable } from './report.ts';
import { startRewindmq } from './rewindmq-broker.ts';

/** Only the broker under test runs; the other is stopped, so that neither pays for the other's rest. */
async function main(options: ThroughputOptions): Promise<void> {
  if (options.cold) return compareCold(options);
  const starters = [
    () => startRewindmq(options),
    ...(options.against === 'rabbitmq' ? [() => startRabbitmq()] : []),
  ];
  const measured: { system: SystemRounds['system']; version: string; rounds: PhaseMeasures[] }[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    for (const [index, start] of starters.entries()) {
      const broker = await start();
      const rates = await finishing(broker, () => runPhases(broker, options, `round-${round}`));
      const { target: { system }, version } = broker;
      (measured[index] ??= { system, version, rounds: [] }).rounds.push(rates);
      process.stderr.write(`round ${round} of ${options.rounds}: ${system} ${JSON.stringify(rates)}\n`);
    }
  }
  const report = throughputReport(options, measured);
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : `${throughputTable(report)}\n`);
}

async function compareCold(options: ThroughputOptions): Promise<void> {
  const rounds: ColdRates[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    rounds.push(await measureCold(options));
    process.stderr.write(`round ${round} of ${options.rounds}: ${JSON.stringify(rounds.at(-1))}\n`);
  }
  const report = coldReport(options, rounds);
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : `${coldTable(report)}\n`);
}

async function finishing<T>(broker: Broker, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await broker.stop();
  }
}

try {
  await main(throughputOptions(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${throughputUsage}\n`);
  process.exitCode = 1;
}
