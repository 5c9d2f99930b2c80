/** First word and rest of the reason, by the codes of Node's errors. Our own words: Node's name addresses. */
const reasons: readonly (readonly [codes: RegExp, reason: string])[] = [
  [/^ECONNREFUSED$/, 'refused: nothing listens there'],
  [/^(?:ECONNRESET|ECONNABORTED|EPIPE)$/, 'reset: the connection ended before the answer'],
  [/^ETIMEDOUT$/, 'timeout: no connection'],
  [/^(?:ENOTFOUND|ENODATA|EAI_NONAME|EAI_NODATA)$/, 'unresolvable: the host has no address'],
  [/^EAI_/, 'unresolvable: the host cannot be looked up now'],
  [/^HPE_/, 'malformed: the answer is not HTTP, or its headers are too large'],
  [/^(?:ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO$|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH$|INVALID_CA$)/, 'tls: no secure connection'],
  [/^(?:EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|EACCES|EINVAL)$/, 'unroutable: no way leads there'],
];

/** Why nothing came back, or undefined for what no endpoint can cause: a mistake of ours. */
export function faultReason(error: unknown): string | undefined {
  const code = errorCode(error);
  if (code === undefined) return undefined;
  const [, reason = 'failed: the exchange broke off'] = reasons.find(([codes]) => codes.test(code)) ?? [];
  return `${reason} (${code})`;
}

/** Node's `ECONNRESET` and the like. When several addresses were tried, that of the first. */
export const errorCode = (error: unknown): string | undefined =>
  (error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined);
