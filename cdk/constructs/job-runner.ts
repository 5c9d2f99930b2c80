import { Duration, Token } from 'aws-cdk-lib';
import { type IRole, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IFunction, RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { BundledFunction } from './bundled-function.ts';
import { JobSchedules } from './job-schedules.ts';
import type { MessageStorage } from './message-storage.ts';

export interface JobRunnerProps {
  readonly storage: MessageStorage;
  /** ARNs of the functions that messages may be pushed to, as subscriptions name them. @default - none */
  readonly pushFunctions?: readonly string[];
  /** What it is told besides. @default - nothing */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default 512 */
  readonly memorySizeMiB?: number;
  /** @default ONE_MONTH */
  readonly logRetention?: RetentionDays;
}

/**
 * Pushes messages, makes and carries back dead letters, and copies windows into other queues. It invokes itself until a job is
 * done, however long that takes, and has itself started at a later time when there is nothing to do until then.
 */
export class JobRunner extends Construct {
  readonly function: IFunction;
  readonly log: ILogGroup;

  constructor(scope: Construct, id: string, props: JobRunnerProps) {
    super(scope, id);
    const { storage, pushFunctions = [], environment, ...settings } = props;
    const schedules = new JobSchedules(this, 'Schedules');
    const runner = new BundledFunction(this, 'Runner', {
      ...settings,
      entry: 'job-runner',
      description: 'RewindMQ: pushes messages, carries dead letters back, replays windows into other queues',
      timeout: Duration.minutes(15),
      environment: { ...storage.environment, ...schedules.environment, ...environment },
      // The loop is the design: each turn moves messages and stores how far it came, and the
      // job's end ends it. Lambda would stop it after 16 turns, four hours into a large one.
      recursiveLoop: RecursiveLoop.ALLOW,
    });
    storage.grantDataPlane(runner.role);
    this.function = runner.function;
    this.log = runner.log;
    this.allowStart(runner.role);
    this.allowStart(schedules.role);
    schedules.grantMake(runner.role);
    allowInvoke(runner.role, pushFunctions);
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

/** Exactly these: a subscription that names another function gets its messages refused, and the reason says so. */
function allowInvoke(role: IRole, functionArns: readonly string[]): void {
  const wrong = functionArns.find((arn) => !Token.isUnresolved(arn) && !FUNCTION_ARN.test(arn));
  if (wrong !== undefined) throw new Error(`pushFunctions: ${wrong} is not the ARN of one function`);
  if (functionArns.length === 0) return;
  role.addToPrincipalPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [...functionArns] }));
}

const FUNCTION_ARN = /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+(?::[A-Za-z0-9_$-]+)?$/;
