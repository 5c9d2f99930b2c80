import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { RewindMq, type RewindMqProps } from '../constructs/rewindmq.ts';

export interface ApiStackProps extends StackProps {
  readonly rewindMq: RewindMqProps;
}

/** What may be thrown away and deployed again at any time: functions, routes, alarms. */
export class ApiStack extends Stack {
  readonly rewindMq: RewindMq;

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, { description: 'RewindMQ: API', ...props });
    this.rewindMq = new RewindMq(this, 'RewindMQ', props.rewindMq);
    new CfnOutput(this, 'ApiUrl', { value: this.rewindMq.url });
    if (this.rewindMq.accessKeysUrl !== undefined) new CfnOutput(this, 'AccessKeysUrl', { value: this.rewindMq.accessKeysUrl });
  }
}
