import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ApiStack } from './stacks/api-stack.ts';
import { StorageStack } from './stacks/storage-stack.ts';

// Settings of a deployment: `cdk deploy -c name=… -c reporter=off`, described in docs/operations.md.
const app = new App();
const name = setting('name', 'RewindMQ');
const accessKeys = setting('accessKeys', 'false') === 'true';

const { storage } = new StorageStack(app, `${name}-Storage`, { storage: { accessKeys } });
new ApiStack(app, `${name}-Api`, {
  rewindMq: {
    name,
    storage,
    accessKeys,
    reporter: setting('reporter', 'on') !== 'off',
    athena: setting('athena', 'false') === 'true',
    pushFunctions: setting('pushFunctions', '').split(',').filter((arn) => arn !== ''),
    allowPrivateEndpoints: setting('allowPrivateEndpoints', 'false') === 'true',
  },
});

Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();

function setting(key: string, usual: string): string {
  const value: unknown = app.node.tryGetContext(key);
  return typeof value === 'string' ? value : usual;
}
