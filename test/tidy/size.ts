import { Visitor } from 'oxc-parser';
import { isTypeScript, lineOf, parse, type SourceFile } from './source.ts';

export const functionLinesMax = 70;
export const fileLinesUnexplained = 300;

/** Functions above 70 lines. A function of a test file that only holds tests is a chapter, not a function. */
export function longFunctions(files: readonly SourceFile[]): readonly string[] {
  return files.filter(isTypeScript).flatMap((file) => functionsOf(file).flatMap(({ start, end, name }) => {
    const lines = lineOf(file, end) - lineOf(file, start) + 1;
    if (lines <= functionLinesMax || holdsTests(file, start, end)) return [];
    return [`${file.name}:${lineOf(file, start)} ${name} has ${lines} lines: at most ${functionLinesMax}`];
  }));
}

const holdsTests = (file: SourceFile, start: number, end: number): boolean =>
  file.name.startsWith('test/') && /^\s*(?:it|test|describe)(?:\.\w+)*\(/m.test(file.text.slice(start, end));

interface FunctionSpan {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

function functionsOf(file: SourceFile): readonly FunctionSpan[] {
  const spans: FunctionSpan[] = [];
  const add = ({ start, end, id }: { start: number; end: number; id?: { name: string } | null }) => {
    spans.push({ start, end, name: id?.name ?? 'a function' });
  };
  new Visitor({ FunctionDeclaration: add, FunctionExpression: add, ArrowFunctionExpression: (node) => add({ start: node.start, end: node.end }) })
    .visit(parse(file).program);
  return spans;
}

/** Files above 300 lines that do not say why, in a comment near their head that begins "Long because". */
export function unexplainedLongFiles(files: readonly SourceFile[]): readonly string[] {
  return files.filter(isTypeScript).flatMap((file) => {
    const lines = file.text.trimEnd().split('\n').length;
    if (lines <= fileLinesUnexplained || saysWhyItIsLong(file)) return [];
    return [`${file.name} has ${lines} lines: split it, or say at its head "Long because: ..."`];
  });
}

const headLines = 40;

const saysWhyItIsLong = (file: SourceFile): boolean =>
  parse(file).comments.some(({ value, start }) => /(?:^|\*)\s*Long because\b/m.test(value) && lineOf(file, start) <= headLines);
