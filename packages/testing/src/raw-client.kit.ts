import type { TestServer } from "./test-server.ts";

/** A frame from the server. */
export interface Frame {
  readonly op: number;
  readonly t: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly d: any;
}

/** A client that speaks v1 in JSON and nothing else. */
export interface RawClient extends Disposable {
  send(frame: object): void;
  dispatch(t: string, d: object): void;
  /** The next frame; `null` once the connection has ended. */
  next(): Promise<Frame | null>;
  /** How the connection ended. */
  readonly closed: Promise<number>;
}

/** Opens a connection and reads its hello. */
export async function openRaw(server: TestServer): Promise<RawClient> {
  const socket = new WebSocket(`${server.url}/gateway/websocket`);
  const frames: (Frame | null)[] = [];
  const waiting: ((frame: Frame | null) => void)[] = [];
  const put = (frame: Frame | null): void => {
    const resolve = waiting.shift();
    if (resolve === undefined) frames.push(frame);
    else resolve(frame);
  };
  socket.addEventListener("message", ({ data }) => put(JSON.parse(data as string) as Frame));
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener("close", ({ code }) => {
      put(null);
      resolve(code);
    });
  });
  const client: RawClient = {
    closed,
    send: (frame) => socket.send(JSON.stringify(frame)),
    dispatch: (t, d) => client.send({ op: 4, t, d }),
    next() {
      const frame = frames[0] === null ? null : frames.shift();
      return frame === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(frame);
    },
    [Symbol.dispose]: () => socket.close(),
  };
  const hello = await client.next();
  if (hello?.op !== 0) throw new Error(`expected hello, got ${JSON.stringify(hello)}`);
  return client;
}

/** Opens a connection and identifies; `more` goes into identify. */
export async function identifyRaw(server: TestServer, app: string, id: string, more: object = {}): Promise<RawClient> {
  const client = await openRaw(server);
  client.send({ op: 1, d: { application_id: app, client_id: id, ...more } });
  const ready = await client.next();
  if (ready?.op !== 2) throw new Error(`expected ready, got ${JSON.stringify(ready)}`);
  return client;
}
