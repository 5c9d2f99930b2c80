import { Duration } from 'aws-cdk-lib';
import { type IRole, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IFunction, RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { BundledFunction } from './bundled-function.ts';
import type { MessageStorage } from './message-storage.ts';

export interface JobRunnerProps {
  readonly storage: MessageStorage;
  /** @default 512 */
  readonly memorySizeMiB?: number;
  /** @default ONE_MONTH */
  readonly logRetention?: RetentionDays;
}

/** Carries dead letters back, and copies windows into other queues. It invokes itself until a job is done, however long that takes. */
export class JobRunner extends Construct {
  readonly function: IFunction;
  readonly log: ILogGroup;

  constructor(scope: Construct, id: string, props: JobRunnerProps) {
    super(scope, id);
    const { storage, ...settings } = props;
    const runner = new BundledFunction(this, 'Runner', {
      ...settings,
      entry: 'job-runner',
      description: 'RewindMQ: carries dead letters back, and replays windows into other queues',
      timeout: Duration.minutes(15),
      environment: storage.environment,
      // The loop is the design: each turn moves messages and stores how far it came, and the
      // job's end ends it. Lambda would stop it after 16 turns, four hours into a large one.
      recursiveLoop: RecursiveLoop.ALLOW,
    });
    storage.grantDataPlane(runner.role);
    this.function = runner.function;
    this.log = runner.log;
    this.allowStart(runner.role);
  }

  /** For the runner itself a policy beside the role: in the role's own, the two would wait for each other. */
  allowStart(role: IRole): void {
    new Policy(this, `StartBy${role.node.addr.slice(-8)}`, {
      roles: [role],
      statements: [new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [this.function.functionArn],
      })],
    });
  }
}
