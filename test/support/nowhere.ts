import type { Deps } from '../../lib/core/deps.ts';
import { noBox } from '../../lib/secrets/no-box.ts';

/** A process that can push to nowhere, and issues no access keys. */
export const nowhere: Pick<Deps, 'pushEndpoint' | 'functions' | 'secretBox'> = {
  secretBox: noBox,
  pushEndpoint: {
    post: async () => ({ kind: 'unreachable', reason: 'refused: there is nothing' }),
    check: async () => ({ kind: 'unresolvable', reason: 'there is nothing' }),
  },
  functions: { areThere: true, invoke: async () => ({ kind: 'failed', reason: 'there is nothing' }) },
};
