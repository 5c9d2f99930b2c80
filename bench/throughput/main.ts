import type { Broker } from './broker.ts';
import { coldReport, coldTable, measureCold } from './cold.ts';
import { throughputOptions, type ThroughputOptions, throughputUsage } from './options.ts';
import { type PhaseMeasures, runPhases } from './phases.ts';
import { startRabbitmq } from './rabbitmq-broker.ts';
import { measurePush, pushReport, pushTable } from './push.ts';
import { type SystemRounds, throughputReport, throughputTable } from './report.ts';
import { startRewindmq } from './rewindmq-broker.ts';

/** Only the broker under test runs; the other is stopped, so that neither pays for the other's rest. */
async function main(options: ThroughputOptions): Promise<void> {
  if (options.cold) {
    return inRounds(options, { measure: () => measureCold(options), reportOf: (rounds) => coldReport(options, rounds), tableOf: coldTable });
  }
  if (options.push) return inRounds(options, { measure: () => measurePush(options), reportOf: pushReport, tableOf: pushTable });
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

/** What is measured on our server alone. */
async function inRounds<Round, Report>(
  { rounds, json }: ThroughputOptions, run: { readonly measure: () => Promise<Round>; readonly reportOf: (rounds: readonly Round[]) => Report; readonly tableOf: (report: Report) => string },
): Promise<void> {
  const measured: Round[] = [];
  for (let round = 1; round <= rounds; round++) {
    measured.push(await run.measure());
    process.stderr.write(`round ${round} of ${rounds}: ${JSON.stringify(measured.at(-1))}\n`);
  }
  const report = run.reportOf(measured);
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : `${run.tableOf(report)}\n`);
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
