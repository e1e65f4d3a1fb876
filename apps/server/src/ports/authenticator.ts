import type { PermissionClaims } from "@singyeong/protocol/schema";

/** What somebody shows to be let in. */
export interface Credentials {
  /** A password or a token; `null` is none, and so was an empty one. */
  readonly secret: string | null;
  /** The peer's address. */
  readonly peer: string;
  readonly over: "socket" | "http";
  /** Who a socket identifies as; `null` over HTTP. */
  readonly client: { readonly application: string; readonly id: string } | null;
}

/** What somebody may do who was let in. */
export interface Grant {
  /** v1's restricted mode; over HTTP nothing at all. */
  readonly restricted: boolean;
  /** `null` is no bound. */
  readonly permissions: PermissionClaims | null;
  /** When it ends, in milliseconds since the epoch; `null` is never. */
  readonly expiresAtMs: number | null;
  /** Who it is by the token or account, for logs and audits. */
  readonly subject: string | null;
}

/** `isWrong` where a secret was shown that is none of those in force: a guess, as far as anybody can tell. @default false */
export type Verdict =
  | { readonly ok: true; readonly grant: Grant; readonly isWrong: boolean }
  | {
      readonly ok: false;
      readonly code: "auth/failed";
      readonly reasons: readonly string[];
      readonly isWrong?: boolean;
    }
  | { readonly ok: false; readonly code: "auth/throttled"; readonly retryAfterMs: number };

/** Decides who may do what. Never throws: who cannot be judged, since keys are not to be had, is refused. */
export interface Authenticator {
  /** At once wherever that is possible: frames behind an identify wait for a promise. */
  judge(credentials: Credentials): Verdict | Promise<Verdict>;
}
