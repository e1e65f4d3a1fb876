import { BlockList, isIP } from "node:net";
import { normalizeAddress } from "./address.ts";
import { SettingError } from "./setting-error.ts";

/** Who asks, as far as those between are believed. */
export interface Asker {
  readonly peer: string;
  readonly secure: boolean;
  /** True where a proxy that is not trusted passed the request on, as it says itself: `peer` is that proxy. */
  readonly isRelayed: boolean;
}

/** The proxies whose word about who asks is taken. */
export interface TrustedProxies {
  /** True where no proxy is trusted: what the socket says is all there is. */
  readonly isNone: boolean;
  trusts(address: string): boolean;
  /**
   * Who asks through a socket. From a trusted proxy, `X-Forwarded-For` is read from its end: the last address that is not
   * a trusted proxy's is who asks, because everything before it may be made up. The last `X-Forwarded-Proto` says whether by TLS.
   */
  asker(socket: Omit<Asker, "isRelayed">, header: (name: string) => string | undefined): Asker;
}

/** Makes them from addresses and networks such as `10.0.0.0/8`. @throws SettingError naming an entry that is neither */
export function createTrustedProxies(entries: readonly string[]): TrustedProxies {
  const list = new BlockList();
  for (const entry of entries) addEntry(list, entry.trim());
  const isNone = entries.length === 0;

  function trusts(address: string): boolean {
    const family = isIP(address);
    return !isNone && family !== 0 && list.check(address, family === 6 ? "ipv6" : "ipv4");
  }

  function addressOf(socketPeer: string, forwardedFor: string): string {
    const hops = forwardedFor.split(",");
    let nearest = socketPeer;
    for (let i = hops.length - 1; i >= 0; i--) {
      const address = hopAddress(hops[i]!);
      if (address === null) return nearest;
      nearest = address;
      if (!trusts(address)) return nearest;
    }
    return nearest;
  }

  return {
    isNone,
    trusts,
    asker(socket, header) {
      if (isNone || !trusts(socket.peer)) {
        const isRelayed = header("x-forwarded-for") !== undefined || header("forwarded") !== undefined;
        return { peer: socket.peer, secure: socket.secure, isRelayed };
      }
      const forwardedFor = header("x-forwarded-for");
      const scheme = header("x-forwarded-proto")?.split(",").at(-1)?.trim().toLowerCase();
      return {
        peer: forwardedFor === undefined ? socket.peer : addressOf(socket.peer, forwardedFor),
        secure: scheme === undefined || scheme === "" ? socket.secure : scheme === "https" || scheme === "wss",
        isRelayed: false,
      };
    },
  };
}

/** The address of a hop, without brackets and port; `null` where it is none, as `unknown`. */
function hopAddress(hop: string): string | null {
  const text = hop.trim();
  const bare = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 ? null : normalizeAddress(bare);
}

function addEntry(list: BlockList, entry: string): void {
  const [address = "", prefix, ...rest] = entry.split("/");
  const family = isIP(address);
  const bits = prefix === undefined ? null : Number(prefix);
  const maxBits = family === 6 ? 128 : 32;
  const isGood = family !== 0 && rest.length === 0 && (bits === null || (/^\d+$/.test(prefix!) && bits <= maxBits));
  if (!isGood)
    throw new SettingError(`trustedProxies: "${entry}" is neither an address nor a network such as 10.0.0.0/8`);
  const kind = family === 6 ? "ipv6" : "ipv4";
  if (bits === null) list.addAddress(address, kind);
  else list.addSubnet(address, bits, kind);
}
