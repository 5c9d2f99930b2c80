import { Visitor } from 'oxc-parser';
import { isTypeScript, lineOf, parse, type SourceFile } from './source.ts';

/** What only lib/platform may call, and what to use instead. */
const replacements: Readonly<Record<string, string>> = {
  'Date.now': 'deps.system.now()',
  'new Date': 'deps.system.now(), or new Date(epochMs)',
  'performance.now': 'deps.system.now()',
  'process.hrtime': 'deps.system.now()',
  'Math.random': 'deps.system.random()',
  randomUUID: 'deps.system.newId()',
  randomInt: 'deps.system.random()',
  setTimeout: 'deps.system.sleep(ms, signal)',
  setInterval: 'a loop around deps.system.sleep(ms, signal)',
  setImmediate: 'deps.system.sleep(0)',
  'process.env': 'the settings that lib/platform reads once',
};

/** Clock, dice, timers and environment read anywhere in lib but in lib/platform. */
export function bannedCalls(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter((file) => isTypeScript(file) && file.name.startsWith('lib/') && !file.name.startsWith('lib/platform/'))
    .flatMap((file) => usesIn(file).flatMap(({ name, offset }) => {
      const replacement = Object.hasOwn(replacements, name) ? replacements[name] : undefined;
      return replacement ? [`${file.name}:${lineOf(file, offset)} uses ${name}: use ${replacement}`] : [];
    }));
}

/** Tests that let time pass. What waits for another process, condition by condition, lies in a `support` folder. */
export function waitingTests(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter((file) => isTypeScript(file) && /^test\/(?!.*\bsupport\/)(?!deploy\/)/.test(file.name))
    .flatMap((file) => usesIn(file)
      .filter(({ name }) => name === 'setTimeout' || name === 'setInterval')
      .map(({ name, offset }) => `${file.name}:${lineOf(file, offset)} uses ${name}: move the fake clock, or wait for the event itself`));
}

interface Use {
  readonly name: string;
  readonly offset: number;
}

/** Every call of a bare name, every `a.b`, and every `new Date()` without an argument. */
function usesIn(file: SourceFile): readonly Use[] {
  const uses: Use[] = [];
  new Visitor({
    CallExpression({ callee, start }) {
      if (callee.type === 'Identifier') uses.push({ name: callee.name, offset: start });
    },
    MemberExpression(node) {
      if (node.object.type !== 'Identifier' || node.computed || node.property.type !== 'Identifier') return;
      uses.push({ name: `${node.object.name}.${node.property.name}`, offset: node.start });
      if (['crypto', 'globalThis', 'timers'].includes(node.object.name)) uses.push({ name: node.property.name, offset: node.start });
    },
    NewExpression({ callee, arguments: given, start }) {
      if (callee.type === 'Identifier' && given.length === 0) uses.push({ name: `new ${callee.name}`, offset: start });
    },
    ImportSpecifier({ imported, start }) {
      // Also under another name, and also handed on without a call.
      if (imported.type === 'Identifier' && /^(?:random(?:UUID|Int)|set(?:Timeout|Interval|Immediate))$/.test(imported.name)) {
        uses.push({ name: imported.name, offset: start });
      }
    },
  }).visit(parse(file).program);
  return uses;
}
