import { run } from '../../../cli/run.ts';

export interface Printed {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

interface TerminalOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly print?: (text: string) => Promise<void>;
  readonly interrupted?: AbortSignal;
  readonly nowMs?: number;
}

/** Types commands, and reads what comes of them. */
export function terminal({ environment = {}, interrupted = new AbortController().signal, print, nowMs = Date.now() }: TerminalOptions = {}) {
  return async (...args: readonly string[]): Promise<Printed> => {
    const [out, err]: [string[], string[]] = [[], []];
    const keep = async (text: string): Promise<void> => void out.push(text);
    const exitCode = await run(args, { environment, nowMs, interrupted, print: print ?? keep, tell: (text) => void err.push(text) });
    return { exitCode, out: out.join(''), err: err.join('') };
  };
}
