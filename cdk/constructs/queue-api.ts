import { Validations } from 'aws-cdk-lib';
import { HttpApi, HttpMethod, HttpNoneAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { environmentNames } from '../../lib/platform/settings.ts';
import { ApiFunction } from './api-function.ts';
import { addStage } from './api-stage.ts';
import type { JobRunner } from './job-runner.ts';
import type { MessageStorage } from './message-storage.ts';
import type { SecretBox } from './secret-box.ts';

export interface QueueApiProps {
  readonly storage: MessageStorage;
  readonly jobRunner: JobRunner;
  /** @default - no access keys are issued */
  readonly secretBox?: SecretBox;
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

  constructor(scope: Construct, id: string, { secretBox, environment, apiName = 'RewindMQ', ...settings }: QueueApiProps) {
    super(scope, id);
    const handler = new ApiFunction(this, 'Handler', {
      ...settings,
      description: 'RewindMQ: the HTTP API',
      environment: { ...environment, ...secretBox?.environment, [environmentNames.callers]: 'iam' },
    });
    secretBox?.grantSeal(handler.role);
    this.function = handler.function;
    this.log = handler.log;
    this.api = new HttpApi(this, 'Http', {
      apiName,
      description: 'RewindMQ: queues',
      defaultAuthorizer: new HttpIamAuthorizer(),
      createDefaultStage: false,
    });
    this.addRoutes();
    addStage(this, this.api, settings.logRetention);
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
}
