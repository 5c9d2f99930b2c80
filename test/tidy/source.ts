import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { type ParseResult, parseSync } from 'oxc-parser';

/** A file of the project: a rule is a function of these alone, so that it can be shown a made-up one. */
export interface SourceFile {
  /** Relative to the project, with `/`. */
  readonly name: string;
  readonly text: string;
}

const notOurs = new Set(['node_modules', 'cdk.out', 'coverage', '.git', '.rewindmq']);
const isText = /(?:\.(?:ts|mts|js|mjs|json|md|yml|yaml|sh|py|html|css|txt)|(?:^|\/)(?:\.ci\/[^/.]+|\.gitignore|\.npmrc))$/;

/** Every text file of the project, but for what was installed or generated. */
export function readProject(folder = ''): readonly SourceFile[] {
  return readdirSync(folder || '.', { withFileTypes: true }).flatMap((entry): readonly SourceFile[] => {
    const name = join(folder, entry.name);
    if (notOurs.has(entry.name)) return [];
    if (entry.isDirectory()) return readProject(name);
    return entry.isFile() && isText.test(name) ? [{ name, text: readFileSync(name, 'utf8') }] : [];
  });
}

export const isTypeScript = ({ name }: SourceFile): boolean => name.endsWith('.ts');

const parsed = new WeakMap<SourceFile, ParseResult>();

/** The syntax tree of a file, built once. */
export function parse(file: SourceFile): ParseResult {
  const known = parsed.get(file);
  if (known) return known;
  const result = parseSync(file.name, file.text, { sourceType: 'module' });
  const [error] = result.errors;
  if (error) throw new Error(`${file.name} does not parse: ${error.message}`);
  parsed.set(file, result);
  return result;
}

export const lineOf = ({ text }: SourceFile, offset: number): number => text.slice(0, offset).split('\n').length;

/** What a file imports, or exports from elsewhere: paths of the project resolved, packages as they are written. */
export function importsOf(file: SourceFile): readonly string[] {
  const { module } = parse(file);
  const requests = [
    ...module.staticImports.map((statement) => statement.moduleRequest.value),
    ...module.staticExports.flatMap((statement) => statement.entries.flatMap((entry) => entry.moduleRequest?.value ?? [])),
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => file.text.slice(start + 1, end - 1)),
  ];
  return requests.map((request) => (request.startsWith('.') ? normalize(join(dirname(file.name), request)) : request));
}
