import type { Deps } from '../lib/core/deps.ts';
import { depsOnAws } from '../lib/wiring/on-aws.ts';

let made: Promise<Deps> | undefined;

/**
 * Made once per execution environment. A try that failed is not kept: the next request tries again.
 * @throws SettingsError
 * @throws StoreUnavailable
 */
export function dependencies(): Promise<Deps> {
  made ??= depsOnAws(process.env).catch((fault: unknown) => {
    made = undefined;
    throw fault;
  });
  return made;
}
