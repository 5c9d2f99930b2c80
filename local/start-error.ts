/** The server cannot start, or go on, for a reason that the person who started it can do something about. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
