import { parse, type SourceFile } from './source.ts';

const named = (files: readonly SourceFile[], name: string): SourceFile | undefined => files.find((file) => file.name === name);

/** Operations are the files of lib/core/queue that export an async function of their own name; each has its test file. */
export function operationsWithoutTest(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter(({ name }) => /^lib\/core\/(?:queue|topic)\/[\w-]+\.ts$/.test(name))
    .filter(isOperation)
    .map(({ name }) => name.replace(/^lib\//, 'test/').replace(/\.ts$/, '.test.ts'))
    .filter((test) => !named(files, test))
    .map((test) => `${test} is missing`);
}

function isOperation(file: SourceFile): boolean {
  const stem = file.name.slice(file.name.lastIndexOf('/') + 1, -'.ts'.length);
  const ownName = stem.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return parse(file).program.body.some((statement) =>
    statement.type === 'ExportNamedDeclaration' && statement.declaration?.type === 'FunctionDeclaration'
    && statement.declaration.async && statement.declaration.id?.name === ownName);
}

/** Names (actions, error codes) for which a document has no heading. */
export function withoutSection(document: SourceFile, names: readonly string[]): readonly string[] {
  const headings = document.text.split('\n').filter((line) => /^#{2,6} /.test(line)).map((line) => line.replace(/[#`]/g, ''));
  const isThere = (name: string) => headings.some((heading) => heading.split(/[\s,]+/).includes(name));
  return names.filter((name) => !isThere(name)).map((name) => `${document.name} has no section ${name}`);
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
