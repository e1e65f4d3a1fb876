import type { AuthCall, Permissions } from "@singyeong/plugin";
import { PermissionClaims } from "@singyeong/protocol/schema";
import { Value as Schema } from "typebox/value";
import type { Credentials, Grant, Verdict } from "../../ports/authenticator.ts";
import { withDeadline } from "./deadline.ts";
import type { Ran } from "./guard.ts";
import type { Part, Soon } from "./part.ts";

/** What plugins have said so far of somebody. */
interface Opinion {
  /** `null` while nobody has said anything. */
  readonly grant: Grant | null;
  readonly isWrong: boolean;
}

/** Said to peers of what is none of their business. */
const unavailable: Verdict = { ok: false, code: "auth/failed", reasons: ["authentication is not available"] };
const noOpinion: Opinion = { grant: null, isWrong: false };

/**
 * Asks plugins in their order. A refusal ends it, and whatever fails is one: a door that nobody guards stays shut. `null` is
 * what none of them judges.
 */
export function createJudge(parts: readonly Part[]): (credentials: Credentials) => Soon<Verdict | null> {
  function ask(credentials: Credentials, from: number, soFar: Opinion): Soon<Verdict | null> {
    let opinion = soFar;
    for (let at = from; at < parts.length; at++) {
      const part = parts[at]!;
      const ran = askOne(part, credentials);
      if (ran instanceof Promise) {
        const before = opinion;
        return ran.then((late) => {
          const next = hear(part, credentials, before, late);
          return "ok" in next ? next : ask(credentials, at + 1, next);
        });
      }
      const next = hear(part, credentials, opinion, ran);
      if ("ok" in next) return next;
      opinion = next;
    }
    const { grant, isWrong } = opinion;
    return grant === null ? null : { ok: true, grant, isWrong };
  }
  return (credentials) => ask(credentials, 0, noOpinion);
}

function askOne({ plugin, guard, context }: Part, { secret, peer, over, client }: Credentials): Soon<Ran> {
  const call = withDeadline({ secret, peer, over, client });
  return guard.run("auth", call, () => plugin.auth!(call as AuthCall, context));
}

/** Takes in what one plugin said: a verdict where that is the end of it. */
function hear({ guard }: Part, credentials: Credentials, opinion: Opinion, ran: Ran): Opinion | Verdict {
  if (!ran.ok) return unavailable;
  try {
    const said = readOpinion(ran.value, credentials);
    if ("ok" in said) return said;
    return said.grant === null ? opinion : merge(opinion, said, said.grant);
  } catch (error) {
    guard.fail("auth", "invalid", error);
    return unavailable;
  }
}

function readOpinion(said: unknown, { secret }: Credentials): Opinion | Verdict {
  if (said === null) return noOpinion;
  if (said === "ok") return { grant: full, isWrong: false };
  if (said === "restricted") return { grant: { ...full, restricted: true }, isWrong: secret !== null };
  if (typeof said !== "object" || said === null) throw new TypeError("auth: what it returned is no outcome");
  const { ok, reason, restricted, permissions, expiresAtMs, subject, isGuess } = said as Readonly<
    Record<string, unknown>
  >;
  if (ok === false) {
    if (typeof reason !== "string") throw new TypeError("auth: a refusal is {ok: false, reason}");
    const isWrong = isGuess === undefined ? secret !== null : isTrue(isGuess, "isGuess");
    return { ok: false, code: "auth/failed", reasons: [reason], isWrong };
  }
  if (ok !== true) throw new TypeError("auth: what it returned is no outcome");
  if (permissions !== undefined && !Schema.Check(PermissionClaims, permissions)) {
    const [fault] = Schema.Errors(PermissionClaims, permissions);
    throw new TypeError(`auth: permissions${fault?.instancePath ?? ""}: ${fault?.message ?? "wrong"}`);
  }
  if (expiresAtMs !== undefined && !Number.isFinite(expiresAtMs)) throw new TypeError("auth: expiresAtMs: a number");
  if (subject !== undefined && typeof subject !== "string") throw new TypeError("auth: subject: text");
  const grant: Grant = {
    restricted: isTrue(restricted, "restricted"),
    permissions: (permissions as Permissions as Grant["permissions"]) ?? null,
    expiresAtMs: (expiresAtMs as number | undefined) ?? null,
    subject: (subject as string | undefined) ?? null,
  };
  return { grant, isWrong: isTrue(isGuess, "isGuess") };
}

const full: Grant = { restricted: false, permissions: null, expiresAtMs: null, subject: null };

/** What is neither is a mistake, and must not pass for the one that trusts more. */
function isTrue(value: unknown, name: string): boolean {
  if (value !== undefined && typeof value !== "boolean") throw new TypeError(`auth: ${name}: true or false`);
  return value === true;
}

/** Of two grants what is narrower. */
function merge(before: Opinion, { isWrong }: Opinion, grant: Grant): Opinion {
  const one = before.grant;
  if (one === null) return { grant, isWrong };
  if (one.permissions !== null && grant.permissions !== null) {
    throw new TypeError("auth: another plugin grants permissions as well, and nobody can tell which count");
  }
  const ends = [one.expiresAtMs, grant.expiresAtMs].filter((end) => end !== null);
  return {
    isWrong: before.isWrong || isWrong,
    grant: {
      restricted: one.restricted || grant.restricted,
      permissions: one.permissions ?? grant.permissions,
      expiresAtMs: ends.length === 0 ? null : Math.min(...ends),
      subject: one.subject ?? grant.subject,
    },
  };
}
