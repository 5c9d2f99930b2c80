/** Length in UTF-8, of well-formed text. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    // A surrogate pair is 2 units and 4 bytes: each half counts one more.
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

/** One more for each quote and backslash, five for each control character (RFC 8259, section 7). */
export function jsonBytes(text: string): number {
  let escapes = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20) escapes += 5;
    else if (unit === 0x22 || unit === 0x5c) escapes += 1;
  }
  return utf8Bytes(text) + escapes;
}

export const base64Bytes = (bytes: number): number => Math.ceil(bytes / 3) * 4;

/**
 * True for text that is mostly control characters or quotes: escaped, a legal message could be six
 * times its size, more than an answer may have.
 */
export const isShorterInBase64 = (text: string): boolean => jsonBytes(text) > base64Bytes(utf8Bytes(text));
