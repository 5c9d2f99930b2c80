/** Length in UTF-8, of well-formed text. */
export function utf8Bytes(text: string): number {
  if (isAscii(text)) return text.length;
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    // A surrogate pair is 2 units and 4 bytes: each half counts one more.
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

/** Checked natively: most text is ASCII, and then its length says it all. */
// oxlint-disable-next-line no-control-regex -- all of ASCII, control characters included
const isAscii = (text: string): boolean => !/[^\u0000-\u007f]/.test(text);

/** In a JSON string: one more for each quote and backslash, one or five for each control character (RFC 8259, section 7). */
export const jsonBytes = (text: string): number => JSON.stringify(text).length - 2 + utf8Bytes(text) - text.length;

export const base64Bytes = (bytes: number): number => Math.ceil(bytes / 3) * 4;

/** Shorter text can do no harm to an answer, whatever its escapes. */
const SHORT = 16 * 1024;

/**
 * True for long text that is mostly control characters or quotes: escaped, a legal message could be
 * six times its size, more than an answer may have.
 */
export function isShorterInBase64(text: string): boolean {
  if (text.length < SHORT) return false;
  const bytes = jsonBytes(text);
  return bytes > base64Bytes(text.length) && bytes > base64Bytes(utf8Bytes(text));
}
