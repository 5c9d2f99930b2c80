/** The variable that the local server and the command line take their key from. */
export const KEY_VARIABLE = 'REWINDMQ_ACCESS_KEY';

export interface AccessKeyPair {
  readonly id: string;
  readonly secret: string;
}

/** `ID:SECRET`, of 4 to 128 letters and digits and of 8 to 256 visible ASCII characters; undefined: it is not of that form. */
export function parseKeyPair(text: string): AccessKeyPair | undefined {
  const [found, id, secret] = /^([A-Za-z0-9]{4,128}):([\x21-\x7E]{8,256})$/.exec(text) ?? [];
  return found !== undefined && id !== undefined && secret !== undefined ? { id, secret } : undefined;
}
