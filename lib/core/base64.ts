/** A multiple of 3, so that parts can be joined; and no more arguments than every engine takes. */
const PART_BYTES = 3 * 1024;

/** RFC 4648, padded. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let from = 0; from < bytes.byteLength; from += PART_BYTES) {
    text += btoa(String.fromCharCode(...bytes.subarray(from, from + PART_BYTES)));
  }
  return text;
}

/** Undefined for text that `toBase64` does not write: one value has one spelling. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return toBase64(bytes) === text ? bytes : undefined;
}
