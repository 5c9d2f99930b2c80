/** What we need of an HTTP request: enough for API Gateway, for a local server, and for a test. */
export interface WireRequest {
  readonly method: string;
  /** As it came, still percent-encoded. */
  readonly path: string;
  /** As it came, without the `?`. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  /** Who sent it, as far as whoever let it in knows: on AWS the ARN of who signed it. */
  readonly caller?: string;
  /** Aborted when the caller went away. */
  readonly signal?: AbortSignal;
}

/** What we give of a reply. */
export interface WireReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
