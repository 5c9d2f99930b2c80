import { defineConfig } from 'vitest/config';

/** `npm run test:deploy`: needs an AWS-compatible endpoint in AWS_ENDPOINT_URL. Not part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/deploy/**/*.test.ts'],
    globalSetup: 'test/deploy/deploy-once.ts',
    pool: 'forks',
    // One deployment, used by one file after the other.
    maxWorkers: 1,
    testTimeout: 60_000,
    // A deployment with its bundling: seconds on MiniStack, minutes where every function is a container.
    hookTimeout: 900_000,
  },
});
