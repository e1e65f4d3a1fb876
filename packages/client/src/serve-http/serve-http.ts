/** Answers a proxied request, as a service worker or a web framework would. */
export type HttpHandler = (request: Request) => Response | Promise<Response>;

export interface ServeHttpOptions {
  /** Requests at work at a time; one more is answered with 503. @default 256 */
  readonly concurrency?: number | undefined;
}

/** What answers requests over the connection. */
export interface HttpService extends AsyncDisposable {
  /**
   * Resolves once the server has said that requests come here.
   * @throws what the server refuses it with; `client/unsupported` where it has no such extension, or that was not asked for; `client/aborted`
   * where it was stopped before; `client/…`
   */
  serving(): Promise<void>;
  /** Takes no more requests; resolves once those at work are answered. */
  stop(): Promise<void>;
}
