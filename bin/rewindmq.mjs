#!/usr/bin/env node
// Only leads to cli/main.ts: the files run as they are, by tsx, as `npm start` does.
import { register } from 'tsx/esm/api';

register();
await import('../cli/main.ts');
