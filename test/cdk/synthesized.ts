import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Construct } from 'constructs';

/** An app that bundles nothing: what a function contains is not what these tests are about. */
export const testApp = (): App => new App({ context: { 'aws:cdk:bundling-stacks': [] } });

/** The template of a stack that holds only what `build` puts into it. */
export function templateOf(build: (scope: Construct) => void): Template {
  const stack = new Stack(testApp(), 'Test');
  build(stack);
  return Template.fromStack(stack);
}

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** Every permission that a template gives to a role. */
export function grantsIn(template: Template): readonly { readonly action: string; readonly resource: string }[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  const statements: Statement[] = policies.flatMap((policy) => policy['Properties'].PolicyDocument.Statement);
  return statements.flatMap(({ Action, Resource }) =>
    [Action].flat().map((action) => ({ action, resource: JSON.stringify(Resource) })));
}
