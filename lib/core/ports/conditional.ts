/**
 * What became of a conditional write. Losing a race is a value, not an error.
 * `landed` includes the case that an earlier attempt landed and its reply was lost: every
 * conditional write stores an id of its own, and the adapter recognises it in the refusing item.
 * `found` is the item that refused us, undefined when there is none (only for a replacement).
 */
export type Put<T> =
  /** `found`: what an earlier attempt under the same id had written, where that is how we know. */
  | { readonly kind: 'landed'; readonly found?: T }
  | { readonly kind: 'refused'; readonly found: T };
export type Replacement<T> = { readonly kind: 'landed' } | { readonly kind: 'refused'; readonly found: T | undefined };
