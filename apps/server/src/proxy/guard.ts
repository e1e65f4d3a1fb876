import { BlockList, isIP } from "node:net";
import { memoize } from "../kernel/memo.ts";
import { SettingError } from "../kernel/setting-error.ts";
import { embeddedIpv4, isLoopbackAddress, readAddress } from "./address.ts";

/**
 * Networks that are never meant to be reached by way of a broker: unspecified and link-local addresses, and those at
 * which clouds hand out credentials. Only an entry that lies within one of them, or is one address, opens them.
 */
const specialNetworks = [
  "0.0.0.0/8",
  "::/128",
  "169.254.0.0/16",
  "fe80::/10",
  "fd00:ec2::/32",
  "fd00:42::42/128",
  "fd20:ce::254/128",
  "100.100.100.200/32",
  "168.63.129.16/32",
  "192.0.0.192/32",
];

/** Judgements that are remembered. */
const maxJudged = 4096;

/** Decides which addresses may be dialled for a client. */
export interface Guard {
  /** Whether an address may be dialled: `host` is what it was resolved from, `peer` the address of the client's connection. */
  allows(address: string, host: string, peer: string): boolean;
}

interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: "ipv4" | "ipv6";
}

/**
 * Makes a guard. A client's own peer address is always allowed, and all of the machine's own where it is one of them;
 * anything else by an entry of the list: an address, a network (`10.0.0.0/8`), a host name, or `*.suffix` ([PX-11]).
 * @throws SettingError that names an entry which is none of these
 */
export function createGuard(allow: readonly string[]): Guard {
  const networks = allow.map(readNetwork);
  const special = createList(specialNetworks.map((text) => readNetwork(text)!));
  const listed = createList(networks.filter((network) => network !== null));
  const listedThemselves = createList(
    networks.filter((network) => network !== null && namesSpecial(network)) as Network[],
  );
  const names = new Set<string>();
  const suffixes: string[] = [];
  for (const [i, text] of allow.entries()) {
    if (networks[i] !== null) continue;
    const name = readName(text);
    if (name.startsWith("*.")) suffixes.push(name.slice(1));
    else names.add(name);
  }

  function namesSpecial({ address, prefix, family }: Network): boolean {
    if (prefix === bitsOf(family)) return true;
    return specialNetworks.some((text) => {
      const network = readNetwork(text)!;
      return network.family === family && network.prefix <= prefix && createList([network]).check(address, family);
    });
  }

  function isSpecial(address: string): boolean {
    if (special.check(address, familyOf(address))) return true;
    const inner = embeddedIpv4(address);
    return inner !== null && special.check(inner, "ipv4");
  }

  const namesHost = (host: string): boolean =>
    names.has(host) || suffixes.some((suffix) => host.length > suffix.length && host.endsWith(suffix));

  function judge(address: string, host: string, peer: string): boolean {
    if (isSpecial(address)) return listedThemselves.check(address, familyOf(address));
    if (address === peer) return true;
    const from = readAddress(peer);
    if (address === from || (from !== null && isLoopbackAddress(from) && isLoopbackAddress(address))) return true;
    return namesHost(host) || listed.check(address, familyOf(address));
  }

  // A list of blocks takes two microseconds to ask; what it says never changes.
  const judged = memoize(maxJudged, (text) => {
    const [address = "", host = "", peer = ""] = text.split(" ");
    return judge(address, host, peer);
  });
  return { allows: (address, host, peer) => judged(`${address} ${host} ${peer}`) };
}

const familyOf = (address: string): "ipv4" | "ipv6" => (isIP(address) === 6 ? "ipv6" : "ipv4");
const bitsOf = (family: "ipv4" | "ipv6"): number => (family === "ipv4" ? 32 : 128);

function createList(networks: readonly Network[]): BlockList {
  const list = new BlockList();
  for (const { address, prefix, family } of networks) list.addSubnet(address, prefix, family);
  return list;
}

/** An address or a network; `null` for what is neither. */
function readNetwork(text: string): Network | null {
  const [host = "", bits] = text.split("/") as [string, string?];
  const address = readAddress(host);
  if (address === null) {
    if (bits !== undefined) throw new SettingError(`proxyAllow: ${JSON.stringify(text)} is no network`);
    return null;
  }
  const family = familyOf(address);
  const prefix = bits === undefined ? bitsOf(family) : Number(bits);
  const isPrefix = bits === undefined || (/^\d{1,3}$/.test(bits) && prefix <= bitsOf(family));
  if (!isPrefix) throw new SettingError(`proxyAllow: ${JSON.stringify(text)} is no network`);
  return { address, prefix, family };
}

function readName(text: string): string {
  const name = text.toLowerCase().replace(/\.$/, "");
  if (!/^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(name) || /^[\d.]+$/.test(name)) {
    throw new SettingError(`proxyAllow: ${JSON.stringify(text)} is no address, network, host name or *.suffix`);
  }
  return name;
}
