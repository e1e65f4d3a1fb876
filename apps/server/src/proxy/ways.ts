import type { Dialer, DialTarget, TargetFailure } from "../ports/dialer.ts";
import { readAddress } from "./address.ts";
import { createDialing } from "./dialing.ts";
import type { Guard } from "./guard.ts";
import type { Names } from "./names.ts";
import type { Exchanger } from "./target.ts";
import type { TargetBase } from "./target-base.ts";

/** A way that was found and may be gone. */
export type Way =
  | { readonly ok: true; readonly exchanger: Exchanger }
  | {
      readonly ok: false;
      readonly code: "proxy/forbidden" | TargetFailure["code"];
      readonly reason: string;
      readonly message?: string;
    };

/** Finds ways to targets that are dialled. */
export interface Ways {
  /** For a client whose connection comes from `peer`; at once unless a name has to be looked up. Never rejects. */
  find(base: TargetBase, peer: string): Way | Promise<Way>;
}

const foreign = "it is dialled only where the setting proxyAllow lists it";

/** Addresses of one name that are tried, in order. */
const maxAddresses = 4;

/** Names are resolved here, judged, and dialled as the addresses that were judged: nothing resolves them again ([PX-12]). */
export function createWays(dialer: Dialer, guard: Guard, names: Names): Ways {
  function judge(base: TargetBase, peer: string, resolved: readonly string[]): Way {
    const { secure, port, host } = base;
    const serverName = base.isName ? host : null;
    const targets: DialTarget[] = [];
    for (const text of resolved) {
      const address = readAddress(text);
      if (address === null || !guard.allows(address, host, peer)) continue;
      if (targets.push({ secure, address, port, serverName }) === maxAddresses) break;
    }
    if (targets.length > 0) return { ok: true, exchanger: createDialing(dialer, targets) };
    return { ok: false, code: "proxy/forbidden", reason: "target not allowed", message: foreign };
  }

  return {
    find(base, peer) {
      if (!base.isName) return judge(base, peer, [base.host]);
      const addresses = names.find(base.host);
      if (!(addresses instanceof Promise)) return judge(base, peer, addresses);
      return addresses.then(
        (found) => judge(base, peer, found),
        (): Way => ({ ok: false, code: "proxy/unreachable", reason: ":nxdomain" }),
      );
    },
  };
}
