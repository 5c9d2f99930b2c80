import { type Form, plainName } from './form.ts';
import type { Range } from './limits.ts';
import { CmqRefusal } from './refusals.ts';

/**
 * The parameters of a request by the names of the reference, whatever their case, and with `_` for `.` as well. What is sent empty is taken
 * for what is not sent, and what nobody asks for is not looked at: clients send both.
 */
export interface Parameters {
  /** @throws CmqRefusal `missing` */
  text(name: string): string;
  optionalText(name: string): string | undefined;
  /** @throws CmqRefusal `missing`, `wrongType`, `outOfRange` */
  whole(name: string, range: Range): number;
  optionalWhole(name: string, range: Range): number | undefined;
  /**
   * What is sent as `name.0` … or `name.1` …, without gaps, in order; empty ones too.
   * @throws CmqRefusal `keyForm`, `notConsecutive`
   */
  list(name: string): readonly string[];
}

interface Given {
  value?: string;
  readonly indexed: Map<string, string>;
}

export function parametersOf(form: Form): Parameters {
  const given = grouped(form);

  const optionalText = (name: string): string | undefined => {
    const found = given.get(name.toLowerCase());
    if (found && found.indexed.size > 0) throw new CmqRefusal('notRepeatable', name);
    return found?.value === '' ? undefined : found?.value;
  };
  const optionalWhole = (name: string, { min, max }: Range): number | undefined => {
    const text = optionalText(name);
    if (text === undefined) return undefined;
    if (!/^[+-]?\d+$/.test(text)) throw new CmqRefusal('wrongType', name);
    const value = Number(text);
    if (value < min || value > max) throw new CmqRefusal('outOfRange', name);
    return value;
  };
  return {
    optionalText,
    optionalWhole,
    text: (name) => required(name, optionalText(name)),
    whole: (name, range) => required(name, optionalWhole(name, range)),
    list: (name) => listOf(name, given.get(name.toLowerCase())),
  };
}

function required<T>(name: string, value: T | undefined): T {
  if (value === undefined) throw new CmqRefusal('missing', name);
  return value;
}

function grouped(form: Form): ReadonlyMap<string, Given> {
  const given = new Map<string, Given>();
  for (const [sent, value] of form) {
    const name = plainName(sent);
    const at = name.indexOf('.');
    const plain = at === -1 ? name : name.slice(0, at);
    const found: Given = given.get(plain) ?? { indexed: new Map() };
    given.set(plain, found);
    if (at === -1) found.value ??= value;
    else found.indexed.set(name.slice(at + 1), value);
  }
  return given;
}

function listOf(name: string, given: Given | undefined): readonly string[] {
  if (!given) return [];
  if (given.value) throw new CmqRefusal('keyForm', name);
  const { indexed } = given;
  if (![...indexed.keys()].every((index) => /^(?:0|[1-9]\d{0,8})$/.test(index))) throw new CmqRefusal('keyForm', name);
  const first = indexed.has('0') ? 0 : 1;
  return Array.from({ length: indexed.size }, (_, at) => {
    const value = indexed.get(String(first + at));
    if (value === undefined) throw new CmqRefusal('notConsecutive', name);
    return value;
  });
}
