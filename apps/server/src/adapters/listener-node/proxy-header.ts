import type { Socket } from "node:net";
import { normalizeAddress } from "../../kernel/address.ts";

const signature = Buffer.from("0d0a0d0a000d0a515549540a", "hex");
const fixedBytes = 16;
/** Addresses and what proxies add to them; a longer header is nobody's. */
const maxBytes = 4096;
/** Time for the header to arrive. */
const headerMs = 10_000;

/** What a PROXY header says: an address; `null` where the proxy speaks for itself, or of none that is an internet address. */
export interface ProxyHeader {
  readonly address: string | null;
  readonly bytes: number;
}

/** Reads a PROXY header, version 2, at the start of what came; says where there is none, too little of it, or a bad one. */
export function parseProxyHeader(bytes: Buffer): ProxyHeader | "none" | "more" | "bad" {
  const known = Math.min(bytes.length, signature.length);
  if (!bytes.subarray(0, known).equals(signature.subarray(0, known))) return "none";
  if (bytes.length < fixedBytes) return "more";
  const command = bytes[12]!;
  const family = bytes[13]! >> 4;
  const total = fixedBytes + bytes.readUInt16BE(14);
  if (command >> 4 !== 2 || (command & 15) > 1 || total > maxBytes) return "bad";
  if (bytes.length < total) return "more";
  const isLocal = (command & 15) === 0;
  if (isLocal || (family !== 1 && family !== 2)) return { address: null, bytes: total };
  const isV4 = family === 1;
  if (total < fixedBytes + (isV4 ? 12 : 36)) return "bad";
  const source = bytes.subarray(fixedBytes, fixedBytes + (isV4 ? 4 : 16));
  return { address: isV4 ? source.join(".") : formatV6(source), bytes: total };
}

function formatV6(source: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) =>
    source
      .readUInt16BE(2 * i)
      .toString(16)
      .padStart(4, "0"),
  );
  return normalizeAddress(groups.join(":"));
}

/**
 * Takes a PROXY header off a connection before anything else reads it, then calls `done` with what it said; a connection
 * without one is as it is. A bad header, or one that does not come, ends the connection.
 */
export function takeProxyHeader(socket: Socket, done: (address: string | null) => void): void {
  let seen = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), headerMs);
  socket.on("error", () => {});
  socket.on("close", () => clearTimeout(timer));

  function read(): void {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    seen = Buffer.concat([seen, chunk]);
    const header = parseProxyHeader(seen);
    if (header === "more") return;
    clearTimeout(timer);
    socket.off("readable", read);
    if (header === "bad") return void socket.destroy();
    const rest = header === "none" ? seen : seen.subarray(header.bytes);
    if (rest.length > 0) socket.unshift(rest);
    // Only in a later turn does the socket flow again for who listens to its data.
    setImmediate(done, header === "none" ? null : header.address);
  }

  socket.on("readable", read);
}
