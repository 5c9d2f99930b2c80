import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { environmentNames } from '../../lib/platform/settings.ts';
import { BundledFunction } from './bundled-function.ts';
import type { MessageStorage } from './message-storage.ts';
import type { JobRunner } from './job-runner.ts';

export interface ReporterProps {
  readonly storage: MessageStorage;
  readonly jobRunner: JobRunner;
  /** Dimension `service` of every metric: tells two deployments in one account apart. */
  readonly serviceName: string;
  /** @default 512 */
  readonly memorySizeMiB?: number;
  /** @default ONE_MONTH */
  readonly logRetention?: RetentionDays;
}

/**
 * Once a minute: depth and age of the oldest message of every queue as CloudWatch metrics, and a
 * new start for jobs whose runner died, or that are due again. The metrics leave through the log (embedded metric
 * format), so that no right to write metrics is needed.
 */
export class Reporter extends Construct {
  readonly function: IFunction;

  constructor(scope: Construct, id: string, props: ReporterProps) {
    super(scope, id);
    const { storage, jobRunner, serviceName, ...settings } = props;
    const reporter = new BundledFunction(this, 'Function', {
      ...settings,
      entry: 'reporter',
      description: 'RewindMQ: queue depth and age as metrics',
      // Two at once would only say the same twice.
      timeout: Duration.seconds(55),
      environment: {
        ...storage.environment,
        [environmentNames.jobFunction]: jobRunner.function.functionName,
        POWERTOOLS_METRICS_NAMESPACE: 'RewindMQ',
        POWERTOOLS_SERVICE_NAME: serviceName,
      },
    });
    // Counting reads no bodies, so the bucket stays closed to it.
    storage.messages.grantDataPlane(reporter.role);
    jobRunner.allowStart(reporter.role);
    this.function = reporter.function;
    new Rule(this, 'EveryMinute', {
      description: 'RewindMQ: report queue depth and age',
      schedule: Schedule.rate(Duration.minutes(1)),
      // A report that is late is worth nothing: the next one is due already.
      targets: [new LambdaFunction(this.function, { maxEventAge: Duration.minutes(1), retryAttempts: 0 })],
    });
  }
}
