import type { ErrorCode, Retry } from "@singyeong/protocol";

/** Mistakes and mishaps that the client itself finds, with what to do about each. */
const clientErrors = {
  /** An option of `connect` makes no sense. */
  "client/invalid-options": "never",
  /** An argument cannot be sent: a number that lost digits, a function, a value nested too deep. */
  "client/invalid-value": "never",
  /** A query that the builder can tell is wrong. */
  "client/invalid-query": "never",
  /** No server of the list answered. */
  "client/unreachable": "later",
  /** `auth` was given and the server does not accept it (or has no password of its own). */
  "client/wrong-password": "never",
  /** The server spoke something else than the protocol. */
  "client/protocol": "reconnect",
  /** The connection was lost before the answer came: the message may have arrived, or not. */
  "client/connection-lost": "later",
  /** No answer within the time that was given. */
  "client/timeout": "later",
  /** The caller's signal was aborted. */
  "client/aborted": "never",
  /** The client is closed, or about to be. */
  "client/closed": "never",
  /** More was sent while no server was connected than the outbox keeps. */
  "client/outbox-full": "later",
  /** A handler of the user's threw; it goes on getting what comes. */
  "client/handler-threw": "never",
  /** Someone iterates what already has a handler, or iterates twice. */
  "client/already-consumed": "never",
  /** This runtime cannot do what was asked: TLS options in a browser, say. */
  "client/unsupported": "never",
  /** A message did not fit the schema that was declared for it. */
  "client/schema-mismatch": "never",
  /** An HTTP call failed in a way that the server gave no code for. */
  "client/http": "later",
} as const satisfies Record<string, Retry>;

/** A code of the client's own. */
export type ClientErrorCode = keyof typeof clientErrors;

/** What went wrong, beside its code and message. */
export interface SingyeongErrorOptions {
  readonly retry?: Retry | undefined;
  readonly details?: unknown;
  readonly cause?: unknown;
}

/**
 * Every error of this package. Match on `code`, which is stable; `message` is for people. Codes with `client/` are the
 * client's own, all others come from the server (docs/protocol/errors.md).
 */
export class SingyeongError extends Error {
  override readonly name = "SingyeongError";
  readonly code: ErrorCode | ClientErrorCode | (string & {});
  /** `never`: change what you sent; `later`: the same may succeed later; `reconnect`: on another connection. */
  readonly retry: Retry;
  /** What the server said about it (`extra_info`); `undefined` where it said nothing. */
  readonly details: unknown;

  constructor(
    code: ErrorCode | ClientErrorCode | (string & {}),
    message: string,
    { retry, details, cause }: SingyeongErrorOptions = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retry = retry ?? (clientErrors as Record<string, Retry>)[code] ?? "never";
    this.details = details;
  }
}
