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

/** Where large appends and the archive lie. The second part of a key names its retention class: `archive/<days>d/…`. */
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
      lifecycleRules: [...prefixes.flatMap((prefix) => retentionClassDays.map((days) => expiryOfClass(prefix, days))), queryResults, abandonedUploads],
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Access logs would cost a second object per few requests; CloudTrail data events give the same on demand.',
    });
  }

  /** Write segments, read them and the archive. Nothing is ever overwritten or deleted but by the lifecycle rules. */
  grantDataPlane(role: IRole): void {
    this.grantObjects(role, 'segments', ['s3:GetObject', 's3:PutObject']);
    this.grantObjects(role, 'archive', ['s3:GetObject']);
    this.grantMissing(role);
  }

  /** Read segments, write the archive; read it, to go on where an archiver before died. */
  grantArchiver(role: IRole): void {
    this.grantObjects(role, 'segments', ['s3:GetObject']);
    this.grantObjects(role, 'archive', ['s3:GetObject', 's3:PutObject']);
    this.grantMissing(role);
  }

  private grantObjects(role: IRole, prefix: Prefix, actions: string[]): void {
    role.addToPrincipalPolicy(new PolicyStatement({ actions, resources: [this.bucket.arnForObjects(`${prefix}/*`)] }));
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${this.arnAsSeenFrom(role)}/${prefix}/*]`,
      reason: 'Keys of objects are made at run time; the prefix confines them to this one use of this one bucket.',
    });
  }

  /** Without it S3 answers a missing object with 403 instead of 404, and gone looks like forbidden. */
  private grantMissing(role: IRole): void {
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] }));
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

/** First parts of keys. */
const prefixes = ['segments', 'archive'] as const;
type Prefix = (typeof prefixes)[number];

const expiryOfClass = (prefix: Prefix, days: number): LifecycleRule => ({
  id: `${prefix}-${days}d`,
  prefix: `${prefix}/${days}d/`,
  expiration: Duration.days(days),
});

/** Of Athena, where it is used: answers to questions, and no messages that are not in the archive. */
const queryResults: LifecycleRule = { id: 'athena-results', prefix: 'athena-results/', expiration: Duration.days(30) };

const abandonedUploads: LifecycleRule = {
  id: 'abandoned-uploads',
  abortIncompleteMultipartUploadAfter: Duration.days(1),
};
