import { connect, type Socket } from "node:net";

/** A client that keeps one connection and asks again when its request is answered: just enough HTTP/1.1 to count. */
export interface HttpClient {
  /** Sends the request; `answered` is called once the answer is whole. */
  ask(): void;
  answered: () => void;
  failed: (error: Error) => void;
  close(): void;
}

const headEnd = Buffer.from("\r\n\r\n");

/** Opens a connection on which `request` is sent as it is. Answers must be 200 and have a `content-length`. */
export function openHttpClient(port: number, request: Buffer): Promise<HttpClient> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ host: "127.0.0.1", port, noDelay: true });
    let head = Buffer.alloc(0);
    /** Bytes of the body that are missing; negative while the head is. */
    let missing = -1;
    const client: HttpClient = {
      ask: () => void socket.write(request),
      answered() {},
      failed: reject,
      close: () => void socket.resetAndDestroy(),
    };
    socket.once("connect", () => resolve(client));
    socket.on("error", (error) => client.failed(error));
    socket.on("end", () => client.failed(new Error("the connection was closed")));
    socket.on("data", (chunk) => {
      if (missing < 0) {
        head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
        const end = head.indexOf(headEnd);
        if (end < 0) return;
        const text = head.toString("latin1", 0, end);
        const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
        if (!text.startsWith("HTTP/1.1 200") || length === undefined) {
          return client.failed(new Error(`answered with ${JSON.stringify(text)}`));
        }
        missing = Number(length) - (head.length - end - headEnd.length);
        head = Buffer.alloc(0);
      } else missing -= chunk.length;
      if (missing > 0) return;
      missing = -1;
      client.answered();
    });
  });
}
