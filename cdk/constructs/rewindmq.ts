import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { environmentNames } from '../../lib/platform/settings.ts';
import { Alarms } from './alarms.ts';
import { ArchiveQuery } from './archive-query.ts';
import { Archiver } from './archiver.ts';
import { MessageStorage } from './message-storage.ts';
import { QueueApi } from './queue-api.ts';
import { JobRunner } from './job-runner.ts';
import { KeyedApi } from './keyed-api.ts';
import { PushWaker } from './push-waker.ts';
import { Reporter } from './reporter.ts';
import type { SecretBox } from './secret-box.ts';

export interface RewindMqProps {
  /**
   * Table and bucket. In production keep them in a stack of their own with termination protection.
   * @default - new ones beside the API, kept when the stack goes
   */
  readonly storage?: MessageStorage;
  /** Name of the HTTP API, and the dimension `service` of the metrics. @default RewindMQ */
  readonly name?: string;
  /**
   * Queue depth and age of the oldest message as CloudWatch metrics every minute. Without it a
   * job whose runner died, or that waits for its next copy, goes on only when somebody asks how far it is.
   * @default true
   */
  readonly reporter?: boolean;
  /**
   * The archive as a table of Athena (database, table and workgroup). Costs nothing until it is queried.
   * @default false
   */
  readonly athena?: boolean;
  /**
   * ARNs of the Lambda functions that messages may be pushed to, as subscriptions name them: without or with the
   * version or alias.
   * @default - none
   */
  readonly pushFunctions?: readonly string[];
  /**
   * Push also to addresses that are not public, those of Lambda's own surroundings among them: for deployments that
   * only trusted people may make subscriptions in.
   * @default false
   */
  readonly allowPrivateEndpoints?: boolean;
  /**
   * Access keys, and a second address for who signs with them, clients of CMQ among others. A `storage` that is handed
   * in must have been made for them. Costs about $1.40 a month while nobody calls.
   * @default false
   */
  readonly accessKeys?: boolean;
  /** Memory, and with it CPU, of every function; see docs/operations.md for what it costs. @default 512 */
  readonly memorySizeMiB?: number;
  /** How long logs are kept. @default ONE_MONTH */
  readonly logRetention?: RetentionDays;
  /** Who is told of alarms. @default - nobody: they only show in the console */
  readonly alarmTopic?: ITopic;
}

/** A whole RewindMQ, to put into an app of your own. */
export class RewindMq extends Construct {
  readonly storage: MessageStorage;
  readonly api: HttpApi;
  /** For who signs with an access key, where there are any. */
  readonly keyedApi?: HttpApi;

  constructor(scope: Construct, id: string, props: RewindMqProps = {}) {
    super(scope, id);
    const { name = 'RewindMQ', reporter = true, athena = false, accessKeys = false, alarmTopic, pushFunctions = [], allowPrivateEndpoints = false, ...rest } = props;
    this.storage = props.storage ?? new MessageStorage(this, 'Storage', { accessKeys });
    const settings = { ...rest, storage: this.storage };
    const secrets = accessKeys ? { secretBox: secretBoxOf(this.storage) } : undefined;
    const environment = allowPrivateEndpoints ? { [environmentNames.privateEndpoints]: 'allowed' } : {};
    const jobRunner = new JobRunner(this, 'Jobs', { ...settings, pushFunctions, environment });
    const queueApi = new QueueApi(this, 'Api', { ...settings, ...secrets, jobRunner, environment, apiName: name });
    const keyedApi = secrets && new KeyedApi(this, 'KeyedApi', { ...settings, ...secrets, jobRunner, environment, apiName: `${name}-AccessKeys` });
    const pushWaker = new PushWaker(this, 'Pushes', { ...settings, jobRunner });
    const reporting = reporter
      ? new Reporter(this, 'Reporter', { ...settings, jobRunner, serviceName: name })
      : undefined;
    const archiver = new Archiver(this, 'Archiver', { ...settings, serviceName: name });
    this.api = queueApi.api;
    if (keyedApi) this.keyedApi = keyedApi.api;
    if (athena) new ArchiveQuery(this, 'Query', { bucket: this.storage.archive.bucket, serviceName: name });
    new Alarms(this, 'Alarms', {
      queueApi,
      ...(keyedApi === undefined ? {} : { keyedApi }),
      jobFunction: jobRunner.function,
      wakerFunction: pushWaker.function,
      wakerLag: pushWaker.lag,
      archiverFunction: archiver.function,
      archiveLag: archiver.lag,
      readerLogs: [queueApi.log, jobRunner.log, archiver.log, ...(keyedApi ? [keyedApi.log] : [])],
      serviceName: name,
      table: this.storage.messages.table,
      ...(reporting === undefined ? {} : { reporterFunction: reporting.function }),
      ...(alarmTopic === undefined ? {} : { topic: alarmTopic }),
    });
  }

  /** Base of every path, without a slash at its end. */
  get url(): string {
    return this.api.apiEndpoint;
  }

  /** The same for who signs with an access key, where there are any. */
  get accessKeysUrl(): string | undefined {
    return this.keyedApi?.apiEndpoint;
  }

  /** Let a user or a role call the whole API. */
  grantInvoke(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['execute-api:Invoke'],
      resourceArns: [this.api.arnForExecuteApi()],
    });
  }
}

function secretBoxOf({ secretBox }: MessageStorage): SecretBox {
  if (!secretBox) throw new Error('accessKeys: the storage has nothing to encrypt their secrets with: make it with accessKeys as well');
  return secretBox;
}
