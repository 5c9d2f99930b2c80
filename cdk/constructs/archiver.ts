import { Duration } from 'aws-cdk-lib';
import { type IMetric, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { BundledFunction } from './bundled-function.ts';
import type { MessageStorage } from './message-storage.ts';

export interface ArchiverProps {
  readonly storage: MessageStorage;
  /** Dimension `service` of every metric: tells two deployments in one account apart. */
  readonly serviceName: string;
  /** @default 512 */
  readonly memorySizeMiB?: number;
  /** @default ONE_MONTH */
  readonly logRetention?: RetentionDays;
}

/** What it holds is small, what it leaves behind is not: garbage is collected early (docs/benchmarks.md, The archiver's memory). */
export const ARCHIVER_NODE_OPTIONS = '--enable-source-maps --max-old-space-size=96 --max-semi-space-size=2';

/**
 * Once an hour: what is a day old goes from the table into files of the bucket, for queues whose history
 * is longer than the table keeps it. It cannot be switched off: such history would end after eight days.
 */
export class Archiver extends Construct {
  readonly function: IFunction;
  readonly log: ILogGroup;
  /** Seconds by which the oldest message that waits is overdue. */
  readonly lag: IMetric;

  constructor(scope: Construct, id: string, props: ArchiverProps) {
    super(scope, id);
    const { storage, serviceName, ...settings } = props;
    const archiver = new BundledFunction(this, 'Function', {
      ...settings,
      entry: 'archiver',
      description: 'RewindMQ: puts old messages into the archive',
      timeout: Duration.minutes(15),
      environment: {
        ...storage.environment, NODE_OPTIONS: ARCHIVER_NODE_OPTIONS, POWERTOOLS_METRICS_NAMESPACE: NAMESPACE, POWERTOOLS_SERVICE_NAME: serviceName,
      },
    });
    storage.messages.grantDataPlane(archiver.role);
    storage.archive.grantArchiver(archiver.role);
    this.function = archiver.function;
    this.log = archiver.log;
    this.lag = new Metric({
      namespace: NAMESPACE, metricName: 'ArchiveLag', dimensionsMap: { service: serviceName }, statistic: Stats.MAXIMUM, period: Duration.hours(1),
    });
    new Rule(this, 'EveryHour', {
      description: 'RewindMQ: archive old messages',
      schedule: Schedule.rate(Duration.hours(1)),
      // The next turn does what one that failed has left.
      targets: [new LambdaFunction(this.function, { maxEventAge: Duration.hours(1), retryAttempts: 0 })],
    });
  }
}

const NAMESPACE = 'RewindMQ';
