import { RemovalPolicy } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { environmentNames } from '../../lib/platform/settings.ts';

export interface SecretBoxProps {
  /** @default RETAIN - without it nothing that it has encrypted can be read again */
  readonly removalPolicy?: RemovalPolicy;
}

/** What encrypts the secrets of access keys: a key that never leaves KMS. It costs a dollar a month and more, so only who asks for it has one. */
export class SecretBox extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, { removalPolicy }: SecretBoxProps = {}) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: 'RewindMQ: encrypts the secrets of access keys',
      enableKeyRotation: true,
      removalPolicy: removalPolicy ?? RemovalPolicy.RETAIN,
    });
  }

  /** What a function needs to know to use it. */
  get environment(): Readonly<Record<string, string>> {
    return { [environmentNames.secretKey]: this.key.keyArn };
  }

  /** For who issues access keys, and checks none. */
  grantSeal(role: IRole): void {
    this.grant(role, 'kms:Encrypt');
  }

  /** For who checks access keys, and issues none. */
  grantOpen(role: IRole): void {
    this.grant(role, 'kms:Decrypt');
  }

  /** For the secrets of access keys and nothing else: each is bound to the id of its own (lib/secrets/kms-box.ts). */
  private grant(role: IRole, action: 'kms:Encrypt' | 'kms:Decrypt'): void {
    role.addToPrincipalPolicy(new PolicyStatement({
      actions: [action],
      resources: [this.key.keyArn],
      conditions: {
        StringLike: { 'kms:EncryptionContext:accessKeyId': 'AKID*' },
        'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['accessKeyId'] },
      },
    }));
  }
}
