import { Duration } from 'aws-cdk-lib';
import { type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { EventSourceMapping, FilterCriteria, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { environmentNames } from '../../lib/platform/settings.ts';
import { BundledFunction } from './bundled-function.ts';
import type { JobRunner } from './job-runner.ts';
import type { MessageStorage } from './message-storage.ts';

export interface PushWakerProps {
  readonly storage: MessageStorage;
  readonly jobRunner: JobRunner;
  /** @default 512 */
  readonly memorySizeMiB?: number;
  /** @default ONE_MONTH */
  readonly logRetention?: RetentionDays;
}

/**
 * Told by the table's stream of what is published to topics with pushed subscriptions, it starts their runners. Lambda
 * reads the stream for nothing, and what the filter keeps back starts nothing: without a push it never runs.
 */
export class PushWaker extends Construct {
  readonly function: IFunction;
  /** Milliseconds by which what it is told of lies back. */
  readonly lag: IMetric;

  constructor(scope: Construct, id: string, props: PushWakerProps) {
    super(scope, id);
    const { storage, jobRunner, ...settings } = props;
    const waker = new BundledFunction(this, 'Function', {
      ...settings,
      entry: 'push-waker',
      description: 'RewindMQ: starts pushes of what was published',
      timeout: Duration.minutes(1),
      environment: { ...storage.environment, [environmentNames.jobFunction]: jobRunner.function.functionName },
    });
    storage.messages.grantWaking(waker.role);
    jobRunner.allowStart(waker.role);
    this.function = waker.function;
    this.lag = waker.function.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: Duration.minutes(5) });
    new EventSourceMapping(this, 'Stream', {
      target: this.function,
      eventSourceArn: storage.messages.streamArn,
      filters: [FilterCriteria.filter(publications)],
      // Runners are told once of many publications, but the first one is not kept waiting for others.
      batchSize: 100,
      // From the beginning, a day back at most: it takes minutes until a new mapping reads, and nobody may be overlooked
      // who publishes meanwhile. Waking again does no harm.
      startingPosition: StartingPosition.TRIM_HORIZON,
      // What is not told of comes with the next publication only, so that an outage is sat out. What can never be told
      // of must not hold up all others for a day.
      maxRecordAge: Duration.hours(1),
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
    });
  }
}

/** New segments (`l/`, lib/storage/items/keys.ts) that carry the mark of lib/storage/items/segment-item.ts. */
const publications = {
  eventName: ['INSERT'],
  dynamodb: { Keys: { pk: { S: [{ prefix: 'l/' }] } }, NewImage: { pu: { N: ['1'] } } },
};
