import type { Deps } from '../../lib/core/deps.ts';

/** A process that can push to nowhere. */
export const nowhere: Pick<Deps, 'pushEndpoint' | 'functions'> = {
  pushEndpoint: {
    post: async () => ({ kind: 'unreachable', reason: 'refused: there is nothing' }),
    check: async () => ({ kind: 'unresolvable', reason: 'there is nothing' }),
  },
  functions: { areThere: true, invoke: async () => ({ kind: 'failed', reason: 'there is nothing' }) },
};
