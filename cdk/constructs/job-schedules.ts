import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { environmentNames } from '../../lib/platform/settings.ts';

/** Starts of jobs at a later time: a group of one-shot schedules that the runner makes, and that go when they are done. */
export class JobSchedules extends Construct {
  /** What EventBridge Scheduler starts the runner as. */
  readonly role: IRole;
  readonly group: ScheduleGroup;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // Which jobs there are is in the table: a new deployment goes on with them.
    this.group = new ScheduleGroup(this, 'Group', { removalPolicy: RemovalPolicy.DESTROY });
    // Only for schedules of this group: nobody else's may start the runner through it.
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account, 'aws:SourceArn': this.group.scheduleGroupArn } },
      }),
    });
  }

  /** What a function needs to know to make one. */
  get environment(): Readonly<Record<string, string>> {
    return {
      [environmentNames.scheduleGroup]: this.group.scheduleGroupName,
      [environmentNames.scheduleRole]: this.role.roleArn,
    };
  }

  /** Make and replace schedules of the group. None is deleted but by itself, once it is done. */
  grantMake(role: IRole): void {
    const schedules = Stack.of(this).formatArn({ service: 'scheduler', resource: 'schedule', resourceName: `${this.group.scheduleGroupName}/*` });
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule'], resources: [schedules] }));
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${this.asNagWrites(schedules)}]`,
      reason: 'Schedules are named after jobs, which are made at run time; the group confines them to this deployment.',
    });
    role.addToPrincipalPolicy(new PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [this.role.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
    }));
  }

  /** cdk-nag writes a reference within a text as `<its name>`. */
  private asNagWrites(text: string): string {
    const resolved: unknown = Stack.of(this).resolve(text);
    return isJoin(resolved) ? resolved['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : `<${part.Ref}>`)).join('') : text;
  }
}

interface Join {
  readonly 'Fn::Join': readonly [string, readonly (string | { readonly Ref: string })[]];
}

const isJoin = (value: unknown): value is Join => typeof value === 'object' && value !== null && 'Fn::Join' in value;
