import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { HttpApi, HttpMethod, HttpNoneAuthorizer, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { environmentNames } from '../../lib/platform/settings.ts';
import { BundledFunction } from './bundled-function.ts';
import type { MessageStorage } from './message-storage.ts';
import type { JobRunner } from './job-runner.ts';

export interface QueueApiProps {
  readonly storage: MessageStorage;
  readonly jobRunner: JobRunner;
  /** What it is told besides. @default - nothing */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default RewindMQ */
  readonly apiName?: string;
  /** @default 512 */
  readonly memorySizeMiB?: number;
  /** @default ONE_MONTH */
  readonly logRetention?: RetentionDays;
}

/** The API over HTTPS: every caller signs with IAM, but for the health check, which tells nothing. */
export class QueueApi extends Construct {
  readonly api: HttpApi;
  readonly function: IFunction;
  readonly log: ILogGroup;

  constructor(scope: Construct, id: string, props: QueueApiProps) {
    super(scope, id);
    const handler = this.addFunction(props);
    this.function = handler.function;
    this.log = handler.log;
    this.api = new HttpApi(this, 'Http', {
      apiName: props.apiName ?? 'RewindMQ',
      description: 'RewindMQ: queues',
      defaultAuthorizer: new HttpIamAuthorizer(),
      createDefaultStage: false,
    });
    this.addRoutes();
    this.addStage(props.logRetention ?? RetentionDays.ONE_MONTH);
  }

  private addFunction({ storage, jobRunner, environment, memorySizeMiB, logRetention }: QueueApiProps): BundledFunction {
    const handler = new BundledFunction(this, 'Handler', {
      entry: 'queue-api',
      description: 'RewindMQ: the HTTP API',
      // API Gateway gives up after 30 s whatever we ask for: answer before it does.
      timeout: Duration.seconds(29),
      environment: { ...storage.environment, [environmentNames.jobFunction]: jobRunner.function.functionName, ...environment },
      ...(memorySizeMiB === undefined ? {} : { memorySizeMiB }),
      ...(logRetention === undefined ? {} : { logRetention }),
    });
    storage.grantDataPlane(handler.role);
    jobRunner.allowStart(handler.role);
    return handler;
  }

  private addRoutes(): void {
    const integration = new HttpLambdaIntegration('Handler', this.function);
    this.api.addRoutes({ path: '/{proxy+}', integration });
    const [health] = this.api.addRoutes({
      path: '/v1/health',
      methods: [HttpMethod.GET],
      integration,
      authorizer: new HttpNoneAuthorizer(),
    });
    if (health) {
      Validations.of(health).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason: 'Liveness for load balancers and monitors, which cannot sign; it answers the same to everybody.',
      });
    }
  }

  private addStage(retention: RetentionDays): void {
    const accessLog = new LogGroup(this, 'AccessLog', { retention, removalPolicy: RemovalPolicy.DESTROY });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: { destination: new LogGroupLogDestination(accessLog) },
    });
  }
}
