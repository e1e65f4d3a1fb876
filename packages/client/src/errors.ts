import type { ErrorCode, Retry } from "@singyeong/protocol";

/** A code of the client's own: a mistake or a mishap that the client itself finds. */
export type ClientErrorCode =
  /** An option of `connect` makes no sense. */
  | "client/invalid-options"
  /** An argument cannot be sent: a number that lost digits, a function, a value nested too deep. */
  | "client/invalid-value"
  /** A query that the server would refuse. */
  | "client/invalid-query"
  /** No server of the list answered. */
  | "client/unreachable"
  /** `auth` was given and the server does not accept it (or has no password of its own). */
  | "client/wrong-password"
  /** The function that `auth` is threw, or gave no text; `cause` is what it threw. */
  | "client/auth-threw"
  /** The server spoke something else than the protocol. */
  | "client/protocol"
  /** The connection was lost before the answer came: the message may have arrived, or not. */
  | "client/connection-lost"
  /** No answer within the time that was given. */
  | "client/timeout"
  /** The caller's signal was aborted. */
  | "client/aborted"
  /** The client is closed, or about to be. */
  | "client/closed"
  /** More was sent while no server was connected than the outbox keeps. */
  | "client/outbox-full"
  /** The iterable that was given as a call's input threw; `cause` is what. */
  | "client/input-failed"
  /** A handler of the user's threw; it goes on getting what comes. */
  | "client/handler-threw"
  /** This runtime, or the server, cannot do what was asked: TLS options in a browser, queues on a server without. */
  | "client/unsupported"
  /** A message did not fit the schema that was declared for it. */
  | "client/schema-mismatch"
  /** An HTTP call failed in a way that the server gave no code for. */
  | "client/http";

/**
 * How the codes begin of what may not befall the next attempt; everything else will, until something is changed. The server's
 * are an extract of the protocol's table, which is too large to carry.
 */
const later =
  /^(client\/(auth-threw|unreachable|connection-lost|timeout|outbox-full)|identify\/duplicate|route\/|queue\/(full|too-many|unavailable)|(stream|topic|trace)\/(too-many|rejected|peer-lost)|limit\/[rs]|proxy\/([ucob]|ti))/;
const reconnect = /^(client\/protocol|identify\/timeout|heartbeat\/|server\/|auth\/[et]|limit\/)/;

/** What went wrong, beside its code and message. */
export interface SingyeongErrorOptions {
  /** @default what the code stands for */
  readonly retry?: Retry | undefined;
  readonly details?: unknown;
  readonly cause?: unknown;
  /** Of a call that failed. */
  readonly delivered?: boolean | undefined;
  readonly data?: unknown;
}

/**
 * Every error of this package. Match on `code`, which is stable; `message` is for people. Codes with `client/` are the
 * client's own, all others come from the server (docs/protocol/errors.md).
 */
export class SingyeongError extends Error {
  override readonly name = "SingyeongError";
  declare readonly code: ErrorCode | ClientErrorCode | (string & {});
  /** `never`: change what you sent; `later`: the same may succeed later; `reconnect`: on another connection. */
  declare readonly retry: Retry;
  /** What the server said about it (`extra_info`); `undefined` where it said nothing. */
  declare readonly details: unknown;
  /** Whether a call may have been carried out; `undefined` where this is about no call. False: it certainly was not. */
  declare readonly delivered: boolean | undefined;
  /** What the other side of a call said beside; `undefined` where it said nothing. */
  declare readonly data: unknown;

  constructor(
    code: ErrorCode | ClientErrorCode | (string & {}),
    message: string,
    { retry, details, cause, delivered, data }: SingyeongErrorOptions = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    const usual = later.test(code) ? "later" : reconnect.test(code) ? "reconnect" : "never";
    Object.assign(this, { code, retry: retry ?? usual, details, delivered, data });
  }
}
