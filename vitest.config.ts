import { defineConfig } from 'vitest/config';

/**
 * `npm test`: everything that needs no account, no network and no container.
 * Deployment tests and long simulations (`*.long.test.ts`) have commands of their own.
 */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/deploy/**', 'test/**/*.long.test.ts', 'node_modules/**'],
    // A process per file: a test that starts servers or engines cannot leave anything behind for its neighbour.
    pool: 'forks',
    // Many tests start processes of their own; more workers than this only make them wait for each other.
    maxWorkers: 2,
    // Nothing sleeps, so these are bounds for a machine under load, not waiting times.
    testTimeout: 20_000,
    hookTimeout: 30_000,
    restoreMocks: true,
  },
});
