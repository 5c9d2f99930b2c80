import { importsOf, isTypeScript, type SourceFile } from './source.ts';

/** Operations are the files of the core that the protocol calls; each has its test file. */
export function operationsWithoutTest(files: readonly SourceFile[]): readonly string[] {
  const called = files
    .filter((file) => isTypeScript(file) && file.name.startsWith('lib/protocol/'))
    .flatMap(importsOf)
    .filter((path) => /^lib\/core\/(?:queue|topic)\//.test(path));
  return [...new Set(called)]
    .map((operation) => operation.replace(/^lib\//, 'test/').replace(/\.ts$/, '.test.ts'))
    .filter((test) => !files.some(({ name }) => name === test))
    .map((test) => `${test} is missing`);
}

type Versions = Readonly<Record<string, string>>;

/** Dependencies whose version is a range: what a user installs must be what was tested. */
export function inexactVersions(packageJson: SourceFile): readonly string[] {
  const manifest = JSON.parse(packageJson.text) as Readonly<Record<string, Versions | undefined>>;
  return ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
    .flatMap((kind) => Object.entries(manifest[kind] ?? {}))
    .filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
    .map(([name, version]) => `${name} ${version}`);
}
