/** The dialer against servers of a test's own, on the loopback interface. */
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from "node:net";
import type { Dialer, DialTarget, TargetFailure, TargetRequest } from "../../ports/dialer.ts";
import type { HeaderList } from "../../ports/listener.ts";
import { systemClock } from "../system/clock.ts";
import { createUndiciDialer } from "./dialer-undici.ts";

/** What came of a request. */
export interface Reply {
  readonly status: number | null;
  readonly headers: HeaderList;
  readonly body: string;
  readonly failure: TargetFailure | null;
}

/** A dialer and servers that end together. */
export interface DialerWorld extends AsyncDisposable {
  readonly dialer: Dialer;
  /** An HTTP server; resolves with where it is. */
  serve(listener: RequestListener): Promise<DialTarget>;
  /** A server that speaks whatever it likes. */
  speak(connected: (socket: Socket) => void): Promise<DialTarget>;
  /** Sends a request and waits for what comes of it. */
  ask(target: DialTarget, request?: Partial<TargetRequest>): Promise<Reply>;
}

export function startDialer(connectMs = 2000): DialerWorld {
  const dialer = createUndiciDialer({ connectMs }, systemClock);
  const servers: (Server | TcpServer)[] = [];
  const sockets = new Set<Socket>();

  async function listen(server: Server | TcpServer): Promise<DialTarget> {
    servers.push(server);
    server.on("connection", (socket: Socket) => sockets.add(socket));
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    return targetAt((server.address() as AddressInfo).port);
  }

  return {
    dialer,
    serve: (listener) => listen(createServer(listener)),
    speak: (connected) =>
      listen(
        createTcpServer((socket) => {
          socket.on("error", () => {});
          connected(socket);
        }),
      ),
    ask(target, request) {
      let status: number | null = null;
      let headers: HeaderList = [];
      const chunks: Uint8Array[] = [];
      return new Promise((resolve) => {
        const finish = (failure: TargetFailure | null): void =>
          resolve({ status, headers, body: Buffer.concat(chunks).toString(), failure });
        dialer.send(target, requestOf(target, request), {
          head(code, fields) {
            status = code;
            headers = fields;
          },
          data: (chunk) => void chunks.push(chunk),
          end: () => finish(null),
          failed: finish,
        });
      });
    },
    async [Symbol.asyncDispose]() {
      await dialer.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => void server.close(resolve))));
    },
  };
}

export const targetAt = (port: number): DialTarget => ({ secure: false, address: "127.0.0.1", port, serverName: null });

export function requestOf(target: DialTarget, request: Partial<TargetRequest> = {}): TargetRequest {
  const headers = [["host", `${target.address}:${target.port}`] as const];
  return {
    method: "GET",
    path: "/",
    body: null,
    length: null,
    ...request,
    headers: [...headers, ...(request.headers ?? [])],
  };
}
