import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { MessageStorage, type MessageStorageProps } from '../constructs/message-storage.ts';

export interface StorageStackProps extends StackProps {
  /** @default - names chosen by CloudFormation, everything kept when the stack goes */
  readonly storage?: MessageStorageProps;
}

/** What must outlive every deployment: it changes rarely and is protected against deletion twice. */
export class StorageStack extends Stack {
  readonly storage: MessageStorage;

  constructor(scope: Construct, id: string, props: StorageStackProps = {}) {
    super(scope, id, { terminationProtection: true, description: 'RewindMQ: messages', ...props });
    this.storage = new MessageStorage(this, 'Storage', props.storage);
    new CfnOutput(this, 'TableName', { value: this.storage.messages.table.tableName });
    const { secretBox } = this.storage;
    new CfnOutput(this, 'BucketName', { value: this.storage.archive.bucket.bucketName });
    if (secretBox) new CfnOutput(this, 'SecretKeyArn', { value: secretBox.key.keyArn });
  }
}
