import { afterEach } from 'vitest';
import { handle } from '../../../lib/protocol/handle.ts';
import { refuse } from '../../../lib/protocol/refuse.ts';
import { type Gateway, startGateway } from '../../../local/http-gateway.ts';
import { type MemoryDeps, memoryDeps } from '../../support/memory-deps.ts';

export interface Served {
  readonly deps: MemoryDeps;
  readonly port: number;
}

/** The API on a port, with a store in memory; gone after the test. */
export function serving(): (deps?: MemoryDeps) => Promise<Served> {
  const gateways: Gateway[] = [];
  afterEach(async () => {
    await Promise.all(gateways.splice(0).map((gateway) => gateway.stop(0)));
  });
  return async (deps = memoryDeps()) => {
    const gateway = await startGateway({
      host: '127.0.0.1', port: 0, answer: (request) => handle(deps, request),
      refuse: (error, path = '') => refuse('refused', error, path),
    });
    gateways.push(gateway);
    return { deps, port: Number(new URL(gateway.url).port) };
  };
}
