import { answerCmq } from '../../../lib/protocol/cmq/answer.ts';
import { type RefusalName, wireError } from '../../../lib/protocol/cmq/refusals.ts';
import { memoryDeps } from '../../support/memory-deps.ts';

export type Given = Readonly<Record<string, string | number | readonly (string | number)[]>>;

interface Extras {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
}

/** Values of a list go as `name.0`, `name.1` … */
export function formText(given: Given): string {
  const pairs = Object.entries(given).flatMap(([name, value]) =>
    (typeof value === 'object' ? value.map((one, at) => [`${name}.${at}`, one] as const) : [[name, value] as const]));
  return pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
}

/** Somebody who speaks the CMQ dialect. */
export function newCmqCaller(deps = memoryDeps()) {
  const raw = async (text: string, { method = 'POST', path = '/', host = 'mq.example.com' }: Extras = {}): Promise<Readonly<Record<string, unknown>>> => {
    const parts = method === 'GET' ? { query: text, body: undefined } : { query: '', body: new TextEncoder().encode(text) };
    const reply = await answerCmq(deps, { method, path, headers: { host }, ...parts });
    if (reply.status !== 200) throw new Error(`status ${reply.status}`);
    return JSON.parse(reply.body) as Readonly<Record<string, unknown>>;
  };
  const call = (action: string, given: Given = {}, extras: Extras = {}) => raw(formText({ Action: action, ...given }), extras);
  return { deps, raw, call };
}

export type CmqCaller = ReturnType<typeof newCmqCaller>;

/** What `toMatchObject` finds in the answer to a request that was refused so. */
export const refused = (name: RefusalName, subject = '') => wireError(name, subject);
