import { readServer } from "@singyeong/client";
import { isToken, readReasons } from "../connection/secret.ts";
import type { ConnectionSettings } from "../connection/settings.ts";
import { formatDuration } from "../options/duration.ts";
import { escapeText } from "../output/escape.ts";
import { type Check, type Finding, fail, ok, warn } from "./check.ts";

/** What is needed to ask a server for something that takes a password. */
export interface PasswordCheckParts {
  /** What the paths of its HTTP side are appended to. */
  readonly base: string;
  readonly isLocal: boolean;
  readonly timeoutMs: number;
  connection(): Promise<ConnectionSettings>;
}

/** Whether the server takes the password or token that would be given to it, and what that permits. */
export function createPasswordCheck({ base, isLocal, timeoutMs, connection }: PasswordCheckParts): Check {
  return {
    name: "password",
    essential: true,
    async run() {
      const settings = await connection();
      const auth = settings.auth ?? readServer(settings.server).password ?? undefined;
      const source = settings.authSource ?? settings.serverSource;
      const without = await probe(base, undefined, timeoutMs);
      if (without.status === 200) return judgeOpen(auth, source, isLocal);
      if (without.status !== 401) return judgeRefusal(without) ?? unexpected(without);
      if (auth === undefined)
        return fail(
          "refused",
          "the server asks for one",
          "Give it: --auth-file FILE, SINGYEONG_AUTH, or sg context add NAME --auth-file -",
        );
      const answer = await probe(base, auth, timeoutMs);
      if (answer.status === 200) return ok(`accepted (from ${source})`);
      if (answer.status === 401) return judgeRefused(auth, answer, source);
      return judgeRefusal(answer) ?? unexpected(answer);
    },
  };
}

function judgeOpen(auth: string | undefined, source: string, isLocal: boolean): Finding {
  if (auth !== undefined)
    return fail(
      "refused",
      `the server has none, but one is given (${source})`,
      "Leave it out: a client that sends one all the same is restricted.",
    );
  if (isLocal) return ok("none is needed");
  const advice = "Everyone who reaches this server is trusted: set AUTH there, unless the network keeps others out.";
  return warn("none is needed", advice);
}

function judgeRefused(auth: string, { code, reasons }: Answer, source: string): Finding {
  if (code === "auth/expired") return fail("refused", `the token has expired (from ${source})`, "Get a new one.");
  if (reasons.length > 0)
    return fail(
      "refused",
      `the token is not accepted: ${escapeText(reasons.join(": "))} (from ${source})`,
      "Get a new one, from an issuer that the server trusts and for this server.",
    );
  return fail(
    "refused",
    isToken(auth) ? `the token is not accepted (from ${source})` : `not accepted (from ${source})`,
    isToken(auth)
      ? "Has the token expired, is its issuer one that the server trusts, and is it for this server? The server's log says which."
      : "It is another one than the server's AUTH. A line end or quotes that got into it?",
  );
}

/** What a server refuses whoever asks, or with a password that it takes. */
function judgeRefusal({ status, retryAfterMs }: Answer): Finding | null {
  if (status === 403) {
    const advice = "Its permissions do not cover looking for clients: whoever issued it can say what it is for.";
    return warn("accepted, but it does not permit everything", advice);
  }
  if (status !== 429) return null;
  const wait = retryAfterMs === null ? "a while" : formatDuration(retryAfterMs);
  return fail(
    "refused",
    `too many wrong ones came from here: the server listens again in ${wait}`,
    "Wait, and look for what goes on trying a wrong one from this address.",
  );
}

function unexpected({ status }: Answer): Finding {
  return warn(`unexpected status ${status}`, "Something between here and the server may answer for it.");
}

interface Answer {
  /** 0 where there is none. */
  readonly status: number;
  /** The server's name for a failure; `null` where it gave none. */
  readonly code: string | null;
  readonly retryAfterMs: number | null;
  /** Why a token was refused; empty where the server does not say. */
  readonly reasons: readonly string[];
}

/** The answer to a request that needs the password. */
async function probe(base: string, auth: string | undefined, timeoutMs: number): Promise<Answer> {
  const headers = auth === undefined ? {} : { authorization: `Bearer ${Buffer.from(auth, "utf8").toString("latin1")}` };
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(`${base}/api/v1/discovery/tags?q=["sg-doctor"]`, { headers, signal });
    const body = (await response.json().catch(() => null)) as { readonly code?: unknown } | null;
    const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
    return {
      status: response.status,
      code: typeof body?.code === "string" ? body.code : null,
      retryAfterMs: seconds >= 0 ? seconds * 1000 : null,
      reasons: readReasons(response.headers.get("www-authenticate")),
    };
  } catch {
    return { status: 0, code: null, retryAfterMs: null, reasons: [] };
  }
}
