import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StartError } from './start-error.ts';

/** One package for each platform; npm installs the one that fits, where there is one. */
const ENGINE_VERSION = '1.2.1';

/**
 * The engine's program for this platform.
 * @throws StartError, naming the package that is missing
 */
export function engineBinary(platform: string = process.platform, architecture: string = process.arch): string {
  const name = `@dynoxide/${platform}-${architecture}`;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    return join(folder, platform === 'win32' ? 'dynoxide.exe' : 'dynoxide');
  } catch (error) {
    throw new StartError(
      `the storage engine for ${platform} on ${architecture} is not installed: npm i --no-save ${name}@${ENGINE_VERSION} installs it, `
      + 'where the registry has a package for this platform; otherwise run the server in an x64 Linux',
      { cause: error },
    );
  }
}
