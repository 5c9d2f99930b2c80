import { Validations } from 'aws-cdk-lib';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
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

export interface KeyedApiProps {
  readonly storage: MessageStorage;
  readonly secretBox: SecretBox;
  readonly jobRunner: JobRunner;
  /** What it is told besides. @default - nothing */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default RewindMQ-AccessKeys */
  readonly apiName?: string;
  /** @default 512 */
  readonly memorySizeMiB?: number;
  /** @default ONE_MONTH */
  readonly logRetention?: RetentionDays;
}

/**
 * The same API at an address of its own, for who signs with an access key, and for clients of CMQ. API Gateway
 * cannot check those signatures and lets everything in; the function takes signed requests only.
 */
export class KeyedApi extends Construct {
  readonly api: HttpApi;
  readonly function: IFunction;
  readonly log: ILogGroup;

  constructor(scope: Construct, id: string, { secretBox, environment, apiName = 'RewindMQ-AccessKeys', ...settings }: KeyedApiProps) {
    super(scope, id);
    const handler = new ApiFunction(this, 'Handler', {
      ...settings,
      description: 'RewindMQ: the HTTP API for access keys',
      // Last: nothing that is told besides can open it.
      environment: { ...environment, ...secretBox.environment, [environmentNames.callers]: 'accessKeys' },
    });
    secretBox.grantOpen(handler.role);
    this.function = handler.function;
    this.log = handler.log;
    this.api = new HttpApi(this, 'Http', { apiName, description: 'RewindMQ: queues, for access keys', createDefaultStage: false });
    this.addRoutes();
    addStage(this, this.api, settings.logRetention);
  }

  private addRoutes(): void {
    const integration = new HttpLambdaIntegration('Handler', this.function);
    for (const route of paths.flatMap((path) => this.api.addRoutes({ path, integration }))) {
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason: 'The function checks the signature of every request, by access keys that API Gateway does not know, and answers no other.',
      });
    }
  }
}

/** Those of CMQ, and all others. The root is none of all others to API Gateway. */
const paths = ['/', '/v2/index.php', '/{proxy+}'] as const;
