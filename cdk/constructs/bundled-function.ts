import { fileURLToPath } from 'node:url';
import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, LoggingFormat, type RecursiveLoop, Runtime } from 'aws-cdk-lib/aws-lambda';
import { type BundlingOptions, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface BundledFunctionProps {
  /** A file of lambdas/, without its ending; it exports `handler`. */
  readonly entry: 'archiver' | 'queue-api' | 'job-runner' | 'push-waker' | 'reporter';
  readonly description: string;
  readonly timeout: Duration;
  readonly environment: Readonly<Record<string, string>>;
  /** @default 512 */
  readonly memorySizeMiB?: number;
  /** @default ONE_MONTH */
  readonly logRetention?: RetentionDays;
  /** What Lambda does when the function calls itself again and again. @default - Lambda stops it */
  readonly recursiveLoop?: RecursiveLoop;
}

const projectFile = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** One of our functions: Node 24 on arm64, everything it needs in one file, its own role and log group. */
export class BundledFunction extends Construct {
  readonly function: NodejsFunction;
  readonly role: Role;
  readonly log: LogGroup;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id);
    this.log = new LogGroup(this, 'Log', {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // A role of our own instead of the managed policy, which may write to every log group of the account.
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.log.grantWrite(this.role);
    this.function = new NodejsFunction(this, 'Function', {
      description: props.description,
      entry: projectFile(`lambdas/${props.entry}.ts`),
      projectRoot: projectFile(''),
      // Only its folder matters, and unlike the lockfile this file is there also in an installed package.
      depsLockFilePath: projectFile('package.json'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySizeMiB ?? 512,
      timeout: props.timeout,
      environment: { NODE_OPTIONS: '--enable-source-maps', ...props.environment },
      role: this.role,
      logGroup: this.log,
      loggingFormat: LoggingFormat.JSON,
      ...(props.recursiveLoop === undefined ? {} : { recursiveLoop: props.recursiveLoop }),
      bundling,
    });
  }
}

/** No externals, the SDK included: what was tested is what runs, and loading one file is the faster cold start. */
const bundling: BundlingOptions = {
  format: OutputFormat.ESM,
  target: 'node24',
  mainFields: ['module', 'main'],
  externalModules: [],
  bundleAwsSDK: true,
  minify: true,
  keepNames: true,
  sourceMap: true,
  sourcesContent: false,
  // CommonJS packages inside an ES module still call require() for what Node itself brings.
  banner: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
};
