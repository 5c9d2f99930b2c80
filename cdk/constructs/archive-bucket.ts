import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership, type LifecycleRule } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import retentionClassDays from '../../lib/core/retention-classes.json' with { type: 'json' };

export interface ArchiveBucketProps {
  /** @default - CloudFormation chooses a name */
  readonly bucketName?: string;
  /** @default RETAIN - deleting a stack must never delete messages */
  readonly removalPolicy?: RemovalPolicy;
}

/** Where large appends lie. The first part of a key names its retention class: `segments/<days>d/…`. */
export class ArchiveBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: ArchiveBucketProps = {}) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      ...(props.bucketName === undefined ? {} : { bucketName: props.bucketName }),
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [...retentionClassDays.map(expiryOfClass), abandonedUploads],
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Access logs would cost a second object per few requests; CloudTrail data events give the same on demand.',
    });
  }

  /** Write and read segments. Nothing is ever overwritten or deleted but by the lifecycle rules. */
  grantDataPlane(role: IRole): void {
    role.addToPrincipalPolicy(new PolicyStatement({
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [this.bucket.arnForObjects('segments/*')],
    }));
    // Without it S3 answers a missing object with 403 instead of 404, and gone looks like forbidden.
    role.addToPrincipalPolicy(new PolicyStatement({
      actions: ['s3:ListBucket'],
      resources: [this.bucket.bucketArn],
    }));
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${this.arnAsSeenFrom(role)}/segments/*]`,
      reason: 'Keys of segments are made at run time; the prefix confines them to this one use of this one bucket.',
    });
  }

  /** The bucket's ARN as cdk-nag writes it: a reference within the stack, the name of the export from another. */
  private arnAsSeenFrom(role: IRole): string {
    const own = Stack.of(this);
    const isOwn = Stack.of(role) === own;
    const reference: unknown = own.resolve(isOwn ? this.bucket.bucketArn : own.exportValue(this.bucket.bucketArn));
    if (!isReference(reference)) throw new Error(`the bucket's ARN is not a reference: ${JSON.stringify(reference)}`);
    return reference['Fn::ImportValue'] ?? `<${reference['Fn::GetAtt']?.join('.')}>`;
  }
}

interface Reference {
  readonly 'Fn::ImportValue'?: string;
  readonly 'Fn::GetAtt'?: readonly string[];
}

const isReference = (value: unknown): value is Reference => typeof value === 'object' && value !== null;

const expiryOfClass = (days: number): LifecycleRule => ({
  id: `segments-${days}d`,
  prefix: `segments/${days}d/`,
  expiration: Duration.days(days),
});

const abandonedUploads: LifecycleRule = {
  id: 'abandoned-uploads',
  abortIncompleteMultipartUploadAfter: Duration.days(1),
};
