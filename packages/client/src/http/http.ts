import type { Contract, Undeclared } from "../contract/contract.ts";
import type { BaseMetadata, MetadataOf } from "../contract/metadata.ts";
import type { Target } from "../query/query.ts";
import type { Explanation } from "./explanation.ts";
import type { NodeInfo } from "./node-info.ts";

/** The HTTP side of a server (docs/protocol/http.md). Rejections are `SingyeongError`s with the server's code. */
export interface HttpApi {
  /** The clients that a query matches. */
  query<T extends Contract = Undeclared>(
    query: Target<T>,
    options?: HttpCallOptions,
  ): Promise<readonly NodeInfo<MetadataOf<T["metadata"]> & BaseMetadata>[]>;
  /** Who would get a message, and why the others would not. `limit` bounds the lists in the answer. @default 100 */
  explain(query: Target, options?: HttpCallOptions & { readonly limit?: number | undefined }): Promise<Explanation>;
  /** Applications with a client that registered all of these tags. */
  discover(tags: readonly string[], options?: HttpCallOptions): Promise<readonly string[]>;
  /**
   * A `fetch` whose requests go to one client that the query matches: `proxy("api")("/users/17", {method: "POST"})`. Where the
   * query names one application, bodies of any bytes stream both ways, as far as the runtime's own `fetch` streams; otherwise bodies
   * of requests are text and go as a whole. Redirects are answers as any other, but to a body that is a stream, where they are an error. An `authorization` header is for the target.
   * @throws `proxy/…`, `route/no-match`, `query/invalid`, `http/…`, `auth/…`: what the server itself says; `client/…`
   */
  proxy(query: Target): ProxyFetch;
  /** The server's version and that of its protocol; needs no password. */
  version(options?: HttpCallOptions): Promise<{ readonly singyeong: string; readonly api: string }>;
}

/** As `fetch`; the input is a path with its query string, or a request whose path and query string alone count. */
export type ProxyFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export interface HttpCallOptions {
  readonly signal?: AbortSignal | undefined;
  /** In milliseconds. @default 10000 */
  readonly timeoutMs?: number | undefined;
}

export interface HttpOptions {
  /** As in `connect`: a DSN or an address. @default "localhost:4567" */
  readonly server?: string | undefined;
  /** A password or token, or what gives one, asked for each request. @default the DSN's password */
  readonly auth?: string | (() => string | Promise<string>) | undefined;
  /** @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch | undefined;
}
