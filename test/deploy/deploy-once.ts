import type { TestProject } from 'vitest/node';
import { deploy, type Deployment, tearDown } from './deployment.ts';
import { localAws } from './local-aws.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly deployment: Deployment;
  }
}

let deployment: Deployment | undefined;

/** Before the first test: the stacks, unmodified, in a local AWS. What a user gets from `cdk deploy`. */
export async function setup({ provide }: TestProject): Promise<void> {
  deployment = await deploy(localAws());
  provide('deployment', deployment);
}

/** After the last one. */
export async function teardown(): Promise<void> {
  // Nothing to take down when deploying failed: setup has said why.
  if (deployment) await tearDown(localAws(), deployment);
}
