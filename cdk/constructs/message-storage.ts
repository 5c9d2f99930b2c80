import type { RemovalPolicy } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { environmentNames } from '../../lib/platform/settings.ts';
import { ArchiveBucket } from './archive-bucket.ts';
import { MessageTable } from './message-table.ts';
import { SecretBox } from './secret-box.ts';

export interface MessageStorageProps {
  /** @default - CloudFormation chooses a name */
  readonly tableName?: string;
  /** @default - CloudFormation chooses a name */
  readonly bucketName?: string;
  /** Also what encrypts the secrets of access keys. @default false */
  readonly accessKeys?: boolean;
  /** @default RETAIN - deleting a stack must never delete messages */
  readonly removalPolicy?: RemovalPolicy;
}

/** Everything that remembers: the table, the bucket for what is too large for it, and the key without which secrets are lost. */
export class MessageStorage extends Construct {
  readonly messages: MessageTable;
  readonly archive: ArchiveBucket;
  /** Of a deployment that has access keys. */
  readonly secretBox?: SecretBox;

  constructor(scope: Construct, id: string, props: MessageStorageProps = {}) {
    super(scope, id);
    const { tableName, bucketName, accessKeys = false, ...shared } = props;
    this.messages = new MessageTable(this, 'Messages', tableName === undefined ? shared : { ...shared, tableName });
    this.archive = new ArchiveBucket(this, 'Archive', bucketName === undefined ? shared : { ...shared, bucketName });
    if (accessKeys) this.secretBox = new SecretBox(this, 'Secrets', shared);
  }

  /** What a function needs to know to find it. */
  get environment(): Readonly<Record<string, string>> {
    return {
      [environmentNames.table]: this.messages.table.tableName,
      [environmentNames.bucket]: this.archive.bucket.bucketName,
    };
  }

  grantDataPlane(role: IRole): void {
    this.messages.grantDataPlane(role);
    this.archive.grantDataPlane(role);
  }
}
