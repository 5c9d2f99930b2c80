import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, type IFilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/** One address of the API. */
export interface Address {
  readonly api: HttpApi;
  readonly function: IFunction;
  readonly log: ILogGroup;
}

export interface AlarmsProps {
  readonly queueApi: Address;
  /** For access keys. @default - there are none */
  readonly keyedApi?: Address;
  readonly jobFunction: IFunction;
  readonly wakerFunction: IFunction;
  /** Milliseconds by which what the waker is told of lies back. */
  readonly wakerLag: IMetric;
  readonly archiverFunction: IFunction;
  /** Seconds by which the oldest message that waits for the archiver is overdue. */
  readonly archiveLag: IMetric;
  /** Of the functions that read objects of the bucket. */
  readonly readerLogs: readonly ILogGroup[];
  /** Tells two deployments in one account apart. */
  readonly serviceName: string;
  /** @default - the reporter is switched off, and so is its alarm */
  readonly reporterFunction?: IFunction;
  readonly table: TableV2;
  /** Who is told. @default - nobody: the alarms only show in the console */
  readonly topic?: ITopic;
}

interface Condition {
  readonly id: string;
  readonly says: string;
  readonly metric: IMetric;
  /** From here on it is too much. */
  readonly threshold: number;
}

const window = { period: Duration.minutes(5), statistic: 'Sum' } as const;

/** What should wake somebody. Every one is silent while nobody calls. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    for (const condition of [
      ...ofApi(props), ...ofTable(props), ...ofBackground(props), ...ofPushes(props), ...ofArchive(props), this.ofObjects(props), ...this.ofKeyedApi(props),
    ]) this.raise(condition, props.topic);
  }

  private raise({ id, says, metric, threshold }: Condition, topic: ITopic | undefined): void {
    const alarm = new Alarm(this, id, {
      alarmDescription: `RewindMQ: ${says}`,
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (topic) alarm.addAlarmAction(new SnsAction(topic));
  }

  /** A missing or damaged object fails no request, so it is counted from the logs. */
  private ofObjects({ readerLogs, serviceName }: AlarmsProps): Condition {
    const metric = this.count('UnreadableObjects', readerLogs, serviceName, FilterPattern.stringValue('$.fault.name', '=', 'ObjectUnreadable'));
    return { id: 'UnreadableObjects', says: 'objects of the bucket are missing or damaged; the log names them', metric, threshold: 1 };
  }

  /** Answers of the CMQ dialect are 200 whatever happened, so that its faults are counted from the log. */
  private ofKeyedApi({ keyedApi, serviceName }: AlarmsProps): readonly Condition[] {
    if (!keyedApi) return [];
    const faults = FilterPattern.any(FilterPattern.stringValue('$.event', '=', 'fault'), FilterPattern.stringValue('$.event', '=', 'noDependencies'));
    const metric = this.count('KeyedFaults', [keyedApi.log], serviceName, faults);
    return [
      ...ofAddress('Keyed', 'the keyed API', keyedApi),
      { id: 'KeyedFaults', says: 'requests with access keys fail, also those that are answered with 200', metric, threshold: 5 },
    ];
  }

  /** Lines of logs like this. */
  private count(metricName: string, logGroups: readonly ILogGroup[], serviceName: string, filterPattern: IFilterPattern): IMetric {
    const metricNamespace = `RewindMQ/${serviceName}`;
    for (const [at, logGroup] of logGroups.entries()) new MetricFilter(this, `${metricName}${at}`, { logGroup, metricNamespace, metricName, filterPattern });
    return new Metric({ namespace: metricNamespace, metricName, ...window });
  }
}

const ofApi = ({ queueApi }: AlarmsProps): readonly Condition[] => ofAddress('', 'the API', queueApi);

const ofAddress = (prefix: string, name: string, { api, function: apiFunction }: Address): readonly Condition[] => [
  // A single 503 is what a throttled table looks like, and the caller's retry answers it.
  { id: `${prefix}ServerErrors`, says: `${name} answers with 5xx`, metric: api.metricServerError(window), threshold: 5 },
  { id: `${prefix}FunctionErrors`, says: `${name} function fails`, metric: apiFunction.metricErrors(window), threshold: 1 },
  {
    id: `${prefix}FunctionThrottles`, says: 'the account runs out of concurrent executions',
    metric: apiFunction.metricThrottles(window), threshold: 1,
  },
];

const ofTable = ({ table }: AlarmsProps): readonly Condition[] => [
  { id: 'ReadThrottles', says: 'the table throttles reads', metric: table.metric('ReadThrottleEvents', window), threshold: 10 },
  { id: 'WriteThrottles', says: 'the table throttles writes', metric: table.metric('WriteThrottleEvents', window), threshold: 10 },
];

/** A day before the table begins to let go of what was not archived there are six left. */
const LAG_SECONDS_MAX = 86_400;

const ofArchive = ({ archiverFunction, archiveLag }: AlarmsProps): readonly Condition[] => [
  { id: 'ArchiveLag', says: 'the archiver is a day behind', metric: archiveLag, threshold: LAG_SECONDS_MAX },
  { id: 'ArchiverErrors', says: 'the archiver fails', metric: archiverFunction.metricErrors(window), threshold: 1 },
];

/** What is published is pushed within a second or two. */
const WAKER_LAG_MS_MAX = 60_000;

const ofPushes = ({ wakerFunction, wakerLag }: AlarmsProps): readonly Condition[] => [
  { id: 'WakerErrors', says: 'pushes of what is published cannot be started', metric: wakerFunction.metricErrors(window), threshold: 1 },
  { id: 'WakerLag', says: 'pushes start a minute late', metric: wakerLag, threshold: WAKER_LAG_MS_MAX },
];

const ofBackground = ({ jobFunction, reporterFunction }: AlarmsProps): readonly Condition[] => [
  { id: 'JobErrors', says: 'a push, a redrive, a replay or a look for old messages fails', metric: jobFunction.metricErrors(window), threshold: 1 },
  ...(reporterFunction
    ? [{ id: 'ReporterErrors', says: 'queue metrics are missing', metric: reporterFunction.metricErrors(window), threshold: 3 }]
    : []),
];
