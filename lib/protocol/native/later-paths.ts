/** Paths of the design whose features are not there yet: refused with `NotSupportedYet`, whatever the method. */
const laterPaths: readonly RegExp[] = [
  /^\/v1\/topics(\/|$)/,
];

export const isLaterPath = (path: string): boolean => laterPaths.some((pattern) => pattern.test(path));
