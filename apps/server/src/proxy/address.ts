import { isIP } from "node:net";

/** An IPv4 or IPv6 address in its one canonical spelling; IPv4 mapped into IPv6 is IPv4. `null` for anything else. */
export function readAddress(text: string): string | null {
  const bare = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
  const kind = isIP(bare);
  if (kind === 4) return bare;
  // A zone names an interface of this machine: no peer can know it, and none may choose it.
  if (kind !== 6 || bare.includes("%")) return null;
  const groups = readGroups(bare);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) return lastIpv4(groups);
  return new URL(`http://[${bare}]/`).hostname.slice(1, -1);
}

/** The IPv4 address that a canonical IPv6 one leads to by translation or tunnel; `null` where it is none such. */
export function embeddedIpv4(address: string): string | null {
  if (!address.includes(":")) return null;
  const groups = readGroups(address);
  const [first, second, third] = groups;
  if (first === 0x2002) return asIpv4(second!, third!);
  const isTranslated = first === 0x64 && second === 0xff9b;
  const isCompatible = groups.slice(0, 4).every((group) => group === 0) && (groups[4] === 0 || groups[4] === 0xffff);
  if (isTranslated || (isCompatible && groups[5] === 0 && groups[6] !== 0)) return lastIpv4(groups);
  return null;
}

/** True for addresses that only their own machine reaches. */
export function isLoopbackAddress(address: string): boolean {
  return address === "::1" || /^127\.\d+\.\d+\.\d+$/.test(address);
}

/** The eight groups of an IPv6 address. */
function readGroups(address: string): readonly number[] {
  const [head = "", tail] = address.split("::") as [string, string?];
  const before = readHalf(head);
  if (tail === undefined) return before;
  const after = readHalf(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function readHalf(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const [a, b, c, d] = group.split(".").map(Number);
    return [a! * 256 + b!, c! * 256 + d!];
  });
}

const lastIpv4 = (groups: readonly number[]): string => asIpv4(groups[6]!, groups[7]!);
const asIpv4 = (high: number, low: number): string => `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
