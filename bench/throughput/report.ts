import { availableParallelism } from 'node:os';
import { LOG_LINE_BYTES } from '../log-lines.ts';
import type { SystemName } from './broker.ts';
import type { ThroughputOptions } from './options.ts';
import { phaseNames, type PhaseName, type PhaseMeasures } from './phases.ts';

/** RewindMQ's aim: so many times the messages per second of RabbitMQ, in each phase. */
export const GOAL = 4;

export interface SystemRounds {
  readonly system: SystemName;
  readonly version: string;
  readonly rounds: readonly PhaseMeasures[];
}

export interface PhaseReport {
  /** The median of the rounds. */
  readonly messagesPerSecond: number;
  readonly rounds: readonly number[];
  /** The median; absent where the system does not tell. */
  readonly brokerCpuMsPerThousand?: number;
}

export interface SystemReport extends Readonly<Record<PhaseName, PhaseReport>> {
  readonly version: string;
}

export interface ThroughputReport {
  readonly batch: number;
  readonly seconds: number;
  readonly producers: number;
  readonly consumers: number;
  readonly bodyBytes: number;
  readonly cores: number;
  readonly node: string;
  readonly goal: number;
  readonly systems: Readonly<Partial<Record<SystemName, SystemReport>>>;
  /** RewindMQ's median over RabbitMQ's; absent without --against. */
  readonly ratio?: Readonly<Record<PhaseName, number>>;
}

export function throughputReport(options: ThroughputOptions, measured: readonly SystemRounds[]): ThroughputReport {
  const { batch, seconds, producers, consumers } = options;
  const systems: Partial<Record<SystemName, SystemReport>> = {};
  for (const one of measured) systems[one.system] = systemReport(one);
  const { rewindmq, rabbitmq } = systems;
  return {
    batch, seconds, producers, consumers, systems,
    bodyBytes: LOG_LINE_BYTES,
    cores: availableParallelism(),
    node: process.version,
    goal: GOAL,
    ...(rewindmq && rabbitmq ? { ratio: byPhase((phase) => ratio(rewindmq[phase], rabbitmq[phase])) } : {}),
  };
}

const systemReport = ({ version, rounds }: SystemRounds): SystemReport => ({
  version,
  ...byPhase((phase) => {
    const rates = rounds.map((round) => Math.round(round[phase].messagesPerSecond));
    const cpuMs = rounds.flatMap((round) => round[phase].brokerCpuMsPerThousand ?? []);
    const cpu = cpuMs.length === 0 ? {} : { brokerCpuMsPerThousand: Number(median(cpuMs).toPrecision(3)) };
    return { messagesPerSecond: median(rates), rounds: rates, ...cpu };
  }),
});

const ratio = (ours: PhaseReport, theirs: PhaseReport): number =>
  Math.round(ours.messagesPerSecond / theirs.messagesPerSecond * 100) / 100;

function byPhase<T>(value: (phase: PhaseName) => T): Record<PhaseName, T> {
  return { produce: value('produce'), consume: value('consume'), both: value('both') };
}

export function median(numbers: readonly number[]): number {
  const ascending = numbers.toSorted((a, b) => a - b);
  const middle = (ascending.length - 1) / 2;
  const [below, above] = [ascending[Math.floor(middle)], ascending[Math.ceil(middle)]];
  if (below === undefined || above === undefined) throw new Error('there is no median of nothing');
  return (below + above) / 2;
}

/** The same for people. */
export function throughputTable({ systems, ratio: ratios, goal }: ThroughputReport): string {
  const head = `| phase | ${Object.values(systems).map(({ version }) => version).join(' | ')} |${ratios ? ` ratio (goal ${goal}) |` : ''}`;
  const lines = [head, head.replaceAll(/[^|]+/g, '---')];
  for (const phase of phaseNames) {
    const cells = Object.values(systems).map((system) => cell(system[phase]));
    lines.push(`| ${phase}, messages a second | ${cells.join(' | ')} |${ratios ? ` ${ratios[phase]} |` : ''}`);
  }
  return lines.join('\n');
}

const cell = ({ messagesPerSecond, brokerCpuMsPerThousand }: PhaseReport): string =>
  `${messagesPerSecond}${brokerCpuMsPerThousand === undefined ? '' : ` (broker: ${brokerCpuMsPerThousand} ms CPU per 1,000)`}`;
