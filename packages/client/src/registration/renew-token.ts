import { Op } from "@singyeong/protocol";
import type { SingyeongError } from "../errors.ts";
import type { Core } from "../messaging/core.ts";
import { type AskToken, askToken } from "../options/ask-token.ts";
import { fieldsOf, readRetryAfterMs } from "../session/answers.ts";

/** A token is renewed when this share of its life is over. */
const share = 0.8;

/** No timer waits longer, in milliseconds: runtimes have a bound. */
const longestWaitMs = 2 ** 30;

/** There is no next attempt within this time, in milliseconds. */
const shortestWaitMs = 1000;

type Parts = Pick<Core, "platform" | "session" | "codec" | "hub" | "routes">;

/**
 * Renews the token of a connection that stands before it ends ([AU-8]), for as long as the client lives. What fails is reported, and tried
 * again while there is time; the connection goes on until the server ends it.
 */
export function renewToken({ platform, session, codec, hub, routes }: Parts, ask: AskToken): void {
  /** When the token in force ends, on the platform's clock. */
  let endMs = Number.POSITIVE_INFINITY;
  let cancelTimer = (): void => {};

  function wait(untilMs: number): void {
    cancelTimer();
    const leftMs = untilMs - platform.elapsedMs();
    if (leftMs > longestWaitMs) cancelTimer = platform.after(longestWaitMs, () => wait(untilMs));
    else if (leftMs < Number.POSITIVE_INFINITY) cancelTimer = platform.after(Math.max(leftMs, 0), renew);
  }

  /** A token is in force from now on. */
  function begin(expiresMs: unknown): void {
    const lifeMs = typeof expiresMs === "number" ? expiresMs : Number.POSITIVE_INFINITY;
    endMs = platform.elapsedMs() + lifeMs;
    wait(platform.elapsedMs() + lifeMs * share);
  }

  function renew(): void {
    const { link } = session;
    // One that comes to stand again says anew how long its token lasts.
    if (link === null) return;
    askToken(ask).then(
      (token) => {
        if (session.link === link) link.write(codec.encode({ op: Op.dispatch, t: "AUTHENTICATE", d: { token } }));
      },
      (error: SingyeongError) => {
        hub.report(error);
        again((endMs - platform.elapsedMs()) / 2);
      },
    );
  }

  /** Tries once more after `delayMs`, where the token still lasts then. */
  function again(delayMs: number): void {
    const nextMs = platform.elapsedMs() + Math.max(delayMs, shortestWaitMs);
    if (session.link !== null && nextMs < endMs) wait(nextMs);
  }

  const connected = (): void => {
    const { admission } = session;
    if (admission?.caps.has("auth")) begin(admission.expiresMs);
  };

  routes.AUTHENTICATED = (frame) => begin(fieldsOf(frame).expires_ms);
  hub.on("connected", connected);
  hub.on("error", ({ error: { code, details } }) => {
    if (code === "auth/throttled") again(readRetryAfterMs(details));
  });
  session.onDown(() => cancelTimer());
  if (session.link !== null) connected();
}
