import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A port that passes on to a server what it gets, and back, until somebody interferes. */
export interface Wire {
  readonly address: string;
  /** Resets the connections that are open. */
  reset(): void;
  /** `refuse` resets whatever comes, `freeze` takes it and stays silent; `pass` is as at first. */
  handle(newcomers: "pass" | "refuse" | "freeze"): void;
  /** Passes nothing on any more for connections that are open, which see nothing of it. */
  freeze(): void;
  close(): Promise<void>;
}

/** Lays a wire to `host:port`. */
export async function layWire(to: string): Promise<Wire> {
  const [host, port] = to.split(":") as [string, string];
  const open = new Set<Socket>();
  let newcomers: "pass" | "refuse" | "freeze" = "pass";

  const keep = (socket: Socket): Socket => {
    open.add(socket);
    socket.on("error", () => {});
    return socket.on("close", () => open.delete(socket));
  };

  const server = createServer((near) => {
    keep(near);
    if (newcomers === "refuse") return void near.resetAndDestroy();
    if (newcomers === "freeze") return void near.pause();
    const far = keep(connect({ host, port: Number(port) }));
    near.pipe(far).pipe(near);
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const reset = (): void => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    reset,
    handle(choice) {
      newcomers = choice;
    },
    freeze() {
      for (const socket of open) {
        socket.unpipe();
        socket.pause();
      }
    },
    async close() {
      server.close();
      reset();
      await once(server, "close");
    },
  };
}
