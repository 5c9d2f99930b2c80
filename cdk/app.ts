import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ApiStack } from './stacks/api-stack.ts';
import { StorageStack } from './stacks/storage-stack.ts';

// Settings of a deployment: `cdk deploy -c name=… -c reporter=off`, described in docs/operations.md.
const app = new App();
const name: string = app.node.tryGetContext('name') ?? 'RewindMQ';
const reporter = app.node.tryGetContext('reporter') !== 'off';

const { storage } = new StorageStack(app, `${name}-Storage`);
new ApiStack(app, `${name}-Api`, { rewindMq: { name, storage, reporter } });

Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
