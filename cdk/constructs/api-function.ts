import { Duration } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { environmentNames } from '../../lib/platform/settings.ts';
import { BundledFunction } from './bundled-function.ts';
import type { JobRunner } from './job-runner.ts';
import type { MessageStorage } from './message-storage.ts';

export interface ApiFunctionProps {
  readonly storage: MessageStorage;
  readonly jobRunner: JobRunner;
  readonly description: string;
  /** What it is told besides. @default - nothing */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default 512 */
  readonly memorySizeMiB?: number;
  /** @default ONE_MONTH */
  readonly logRetention?: RetentionDays;
}

/** What answers the requests of one address: all that the API can do, for whom that address lets in. */
export class ApiFunction extends BundledFunction {
  constructor(scope: Construct, id: string, { storage, jobRunner, environment, ...settings }: ApiFunctionProps) {
    super(scope, id, {
      ...settings,
      entry: 'queue-api',
      // API Gateway gives up after 30 s whatever we ask for: answer before it does.
      timeout: Duration.seconds(29),
      environment: { ...storage.environment, [environmentNames.jobFunction]: jobRunner.function.functionName, ...environment },
    });
    storage.grantDataPlane(this.role);
    jobRunner.allowStart(this.role);
  }
}
