/** One POST. */
export interface PushRequest {
  /** One without a problem, as `endpointUrlProblem` says. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** Bounds all of it: finding the address, connecting, sending, waiting for the status. */
  readonly timeoutMs: number;
  /** Ends it early: `unreachable`, unless the status is there already. */
  readonly signal?: AbortSignal;
}

/**
 * What became of a POST. Reasons begin with one word, such as `refused: ...`, and say nothing that must not be shown:
 * not the URL, no header, no address that a name stands for.
 */
export type PushAnswer =
  | {
    readonly kind: 'answered';
    readonly status: number;
    /** Its beginning: what came of it within 4 KiB and about a second. */
    readonly body: string;
  }
  /** No status. The endpoint may have got the request all the same. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** Nothing was sent: the URL leads to an address that is not public, or is none to push to. */
  | { readonly kind: 'forbidden'; readonly reason: string };

/** What is known of an endpoint before anything is sent to it. */
export type EndpointCheck =
  | { readonly kind: 'reachable' }
  | { readonly kind: 'unresolvable'; readonly reason: string }
  | { readonly kind: 'forbidden'; readonly reason: string };

/** Where messages are pushed to over HTTP. It never rejects for what an endpoint does. */
export interface PushEndpoint {
  post(request: PushRequest): Promise<PushAnswer>;
  /** Looks its host up and sends nothing: `reachable` does not say that anybody listens there. */
  check(url: string): Promise<EndpointCheck>;
}
