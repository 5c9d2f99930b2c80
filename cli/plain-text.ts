/**
 * A text from elsewhere, on one line and with nothing that steers a terminal: what cannot be seen becomes a
 * question mark. Whoever describes a key does not write on the screen of whoever lists it.
 */
export const plainText = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');

/** Rows of cells as columns, separated by two spaces. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) => `${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ').trimEnd()}\n`).join('');
}

/** At most so many characters, of which the last says that there are more. */
export const cut = (text: string, lengthMax: number): string => (text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`);
