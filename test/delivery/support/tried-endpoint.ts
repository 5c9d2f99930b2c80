import { onTestFinished } from 'vitest';
import type { PushAnswer, PushRequest } from '../../../lib/core/ports/push-endpoint.ts';
import type { Resolve } from '../../../lib/delivery/address-guard.ts';
import { type HttpEndpoint, type HttpEndpointOptions, httpEndpoint } from '../../../lib/delivery/http-endpoint.ts';
import { type HeldTime, heldTime } from './held-time.ts';

export const TIMEOUT_MS = 15_000;

/** An endpoint adapter for one test, with time that stands still. */
export interface TriedEndpoint {
  readonly endpoint: HttpEndpoint;
  readonly time: HeldTime;
  post(url: string, own?: Partial<PushRequest>): Promise<PushAnswer>;
}

export function triedEndpoint(options: Partial<HttpEndpointOptions> = {}): TriedEndpoint {
  const time = heldTime();
  const endpoint = httpEndpoint({ sleep: time.sleep, allowPrivateAddresses: true, ...options });
  onTestFinished(() => endpoint.close());
  return {
    endpoint,
    time,
    post: (url, own) => endpoint.post({ url, headers: {}, body: 'hello', timeoutMs: TIMEOUT_MS, ...own }),
  };
}

export const resolving = (...addresses: string[]): Resolve => () => Promise.resolve(addresses);

/** As the resolver of the machine fails. */
export const failing = (code: string): Resolve => () => Promise.reject(Object.assign(new Error('of the resolver'), { code }));
