import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";

/** A way to a server that breaks when it is told to. */
export interface CutProxy {
  readonly address: string;
  /** Connections that were cut. */
  readonly cuts: number;
  /** Cuts every connection after so many bytes from the client, and so many from the server; what is on its way beyond is lost. */
  cutEvery(bytes: number): void;
  /** Cuts all connections now. */
  cut(): void;
  /** Whether connections are taken. */
  open: boolean;
  /** Whether what the server says is lost. */
  muted: boolean;
  close(): Promise<void>;
}

export async function startCutProxy(port: number): Promise<CutProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let everyBytes = Number.POSITIVE_INFINITY;
  let cuts = 0;

  const server = createServer((near) => {
    if (!proxy.open) return void near.destroy();
    const far = connect(port, "127.0.0.1");
    const pair = [near, far] as const;
    pairs.add(pair);
    const end = (): void => {
      for (const socket of pair) socket.destroy();
      pairs.delete(pair);
    };
    for (const [from, to] of [pair, [far, near] as const]) {
      let left = everyBytes;
      from.on("data", (data) => {
        if (from === far && proxy.muted) return;
        if (data.length < left) {
          left -= data.length;
          to.write(data);
          return;
        }
        // What fits still goes, but its end is in the middle of something.
        const [part, { length }] = [data.subarray(0, left), data];
        left = 0;
        if (length > 0 && pairs.has(pair)) cuts++;
        to.end(part);
        pairs.delete(pair);
        from.destroy();
      });
      from.on("close", end);
      from.on("error", end);
    }
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));

  const proxy: CutProxy = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get cuts() {
      return cuts;
    },
    open: true,
    muted: false,
    cutEvery(bytes) {
      everyBytes = bytes;
    },
    cut() {
      for (const pair of [...pairs]) {
        cuts++;
        for (const socket of pair) socket.destroy();
        pairs.delete(pair);
      }
    },
    close() {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
  return proxy;
}
