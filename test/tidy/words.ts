import { isTypeScript, lineOf, parse, type SourceFile } from './source.ts';

const vagueFolders = new Set(['utils', 'helpers', 'common', 'services', 'managers']);

/** Folders whose name says nothing: what lies there is a noun not yet found. */
export function vagueFolderFaults(files: readonly SourceFile[]): readonly string[] {
  const folders = new Set(files.map(({ name }) => name.split('/').slice(0, -1).join('/')));
  return [...folders].filter((folder) => folder.split('/').some((part) => vagueFolders.has(part)));
}

/** Promises nobody can find again: a to-do names its issue, as in `TODO(#12)`, and a fix-me never reaches main. */
export function unfinishedWork(files: readonly SourceFile[]): readonly string[] {
  return files.filter(isTypeScript).flatMap((file) => parse(file).comments.flatMap(({ value, start }) => {
    const where = `${file.name}:${lineOf(file, start)}`;
    if (/\bFIXME\b/.test(value)) return [`${where} FIXME: fix it, or open an issue`];
    return /\bTODO\b(?!\(#\d+\))/.test(value) ? [`${where} TODO without its issue: write TODO(#number)`] : [];
  }));
}

/** Paths of one person's machine, and addresses of a registry that only they can reach. */
const ofOneMachine: readonly RegExp[] = [
  /(?<![\w.])\/(?:home|Users)\/[a-z]\w*\//,
  /(?<![\w./}-])\/(?:work|root)\/[\w.]/,
  /"resolved": "(?=https?:\/\/)(?!https:\/\/registry\.npmjs\.org\/)/,
  /\b(?:registry|index-url)\s*=\s*\S/,
];

/** What makes sense on the author's machine only. */
export function wordsOfOneMachine(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) => ofOneMachine.flatMap((pattern) => {
    const found = pattern.exec(file.text);
    return found ? [`${file.name}:${lineOf(file, found.index)} ${found[0]}`] : [];
  }));
}
