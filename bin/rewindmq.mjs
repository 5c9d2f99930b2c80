#!/usr/bin/env node
// Only leads to cli/main.ts: the files run as they are, by tsx, as `npm start` does.
const { register } = await import('tsx/esm/api').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  process.stderr.write('what this needs is not installed yet: run `npm ci` first\n');
  process.exit(1);
});

register();
await import('../cli/main.ts');
