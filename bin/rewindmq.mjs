#!/usr/bin/env node
/* oxlint-disable typescript/no-unsafe-call, typescript/no-unsafe-member-access -- plain JavaScript: it is what brings the compiler */

// Only leads to cli/main.ts: the files run as they are, by tsx, as `npm start` does.
try {
  const { register } = await import('tsx/esm/api');
  register();
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  process.stderr.write('what this needs is not installed yet: run `npm ci` first\n');
  process.exit(1);
}
await import('../cli/main.ts');
