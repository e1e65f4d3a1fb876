import { hash } from "node:crypto";
import type { Authenticator, Credentials, Verdict } from "../ports/authenticator.ts";
import type { Clock } from "../ports/clock.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Random } from "../ports/random.ts";
import { createAttemptTable, type NameKey } from "./attempt-table.ts";
import { createRecentNames } from "./recent-names.ts";

export interface ThrottleOptions {
  /** Wrong secrets a minute from one address, or for one client; 0 is no bound. */
  readonly attempts: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
}

/** How long an address that has shown a right secret is not bounded by what others do in a client's name. */
const trustedMs = 86_400_000;
/** Such addresses, at most; one that is forgotten is bounded as any other. */
const maxTrusted = 32_768;

/**
 * An authenticator that refuses to judge whoever was wrong too often: by address (of IPv6 its network of 64 bits), and by the
 * client that it says it is. Who shows no secret tries nothing, and is never refused ([AU-10] ff.).
 */
export function createThrottle(authenticator: Authenticator, options: ThrottleOptions): Authenticator {
  if (options.attempts === 0) return authenticator;
  const { attempts, clock, random, metrics } = options;
  const salt = Buffer.from(random.bytes(16)).toString("hex");
  const addresses = createAttemptTable({ attempts });
  const clients = createAttemptTable({ attempts });
  const trusted = createRecentNames(maxTrusted, trustedMs);
  const wrong = metrics.counter("singyeong_auth_wrong_total", "Passwords and tokens that are none of those in force.");

  function keyOf(name: string): NameKey {
    const bytes = hash("sha256", salt + name, "buffer");
    return { high: bytes.readUInt32LE(0) || 1, low: bytes.readUInt32LE(4) };
  }

  function waitMs(address: string, { client }: Credentials, nowMs: number): number {
    const waits = addresses.size === 0 ? 0 : addresses.waitMs(keyOf(address), nowMs);
    if (waits > 0 || client === null || clients.size === 0 || trusted.has(address, nowMs)) return waits;
    return clients.waitMs(keyOf(nameOf(client)), nowMs);
  }

  function settle(address: string, { client }: Credentials, verdict: Verdict): Verdict {
    const nowMs = clock.elapsed();
    if (verdict.ok ? verdict.isWrong : verdict.code === "auth/failed" && verdict.isWrong === true) {
      wrong.total++;
      addresses.addWrong(keyOf(address), nowMs);
      if (client !== null) clients.addWrong(keyOf(nameOf(client)), nowMs);
    } else if (verdict.ok && !verdict.grant.restricted) trusted.add(address, nowMs);
    return verdict;
  }

  return {
    judge(credentials) {
      if (credentials.secret === null) return authenticator.judge(credentials);
      const address = networkOf(credentials.peer);
      const wait = waitMs(address, credentials, clock.elapsed());
      if (wait > 0) return { ok: false, code: "auth/throttled", retryAfterMs: Math.ceil(wait) };
      const verdict = authenticator.judge(credentials);
      if (!(verdict instanceof Promise)) return settle(address, credentials, verdict);
      return verdict.then((settled) => settle(address, credentials, settled));
    },
  };
}

function nameOf({ application, id }: { readonly application: string; readonly id: string }): string {
  return JSON.stringify([application, id]);
}

/** Who has one IPv6 address has all of its network of 64 bits; IPv4 addresses stand for themselves. */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("%")[0]!.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0");
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}
