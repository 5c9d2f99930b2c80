import { CloudFormationClient, CreateStackCommand, DeleteStackCommand, waitUntilStackCreateComplete } from '@aws-sdk/client-cloudformation';
import { pushedFunctionName } from './deployment.ts';
import type { LocalAws } from './local-aws.ts';

/** What somebody who gets pushes has written: it posts what it is called with. */
const code = `
exports.handler = async (event) => {
  await fetch(process.env.REPORT_TO, { method: 'POST', body: JSON.stringify(event) });
};
`;

const templateOf = (reportTo: string) => ({
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: { AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] } },
    },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: pushedFunctionName, Runtime: 'nodejs24.x', Handler: 'index.handler', Code: { ZipFile: code },
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] }, Environment: { Variables: { REPORT_TO: reportTo } },
      },
    },
  },
});

/** Deploys it; answers how it is removed. */
export async function deployPushedFunction(aws: LocalAws, reportTo: string): Promise<() => Promise<void>> {
  const cloudFormation = new CloudFormationClient(aws);
  const StackName = pushedFunctionName;
  await cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(templateOf(reportTo)), Capabilities: ['CAPABILITY_IAM'] }));
  await waitUntilStackCreateComplete({ client: cloudFormation, maxWaitTime: 60, minDelay: 1 }, { StackName });
  return async () => { await cloudFormation.send(new DeleteStackCommand({ StackName })); };
}
