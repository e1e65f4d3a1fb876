import { type ClientOptions, WebSocket } from "ws";
import type {
  CreateListener,
  Exchange,
  Listener,
  ListenerOptions,
  UpgradeHello,
  UpgradeRequest,
} from "../src/ports/listener.ts";
import type { Outbox } from "../src/ports/outbox.ts";

/** What a listener reported about one connection. */
export interface Connection {
  readonly outbox: Outbox;
  readonly hello: UpgradeHello;
  /** Frames in the order they came: text as a string, binary as bytes. */
  message(): Promise<string | Buffer>;
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
  /** How often `closed` was called. */
  timesClosed: number;
}

/** A listener with handlers that remember what they were told. */
export interface Harness {
  readonly listener: Listener;
  readonly port: number;
  /** The next connection that opened. */
  connection(): Promise<Connection>;
  /** The next HTTP request that came. */
  request(): Promise<Exchange>;
  readonly slowConsumers: { count: number };
  readonly refused: { count: number };
  readonly dropped: { count: number };
  /** What every upgrade asked for. */
  readonly upgrades: UpgradeRequest[];
  /** Requests that came and were not taken by `request`. */
  readonly untaken: readonly Exchange[];
  [Symbol.asyncDispose](): Promise<void>;
}

interface OpenConnection extends Connection {
  readonly inbox: Inbox<string | Buffer>;
  readonly end: (code: number) => void;
}

/** Starts a listener on a port of its own. `/refuse/503` refuses an upgrade with 503; `?binary` asks for binary frames. */
export async function startListener(create: CreateListener, options: Partial<ListenerOptions> = {}): Promise<Harness> {
  const connections = createInbox<Connection>();
  const requests = createInbox<Exchange>();
  const slowConsumers = { count: 0 };
  const refused = { count: 0 };
  const dropped = { count: 0 };
  const upgrades: UpgradeRequest[] = [];
  const settings: ListenerOptions = {
    host: "127.0.0.1",
    port: 0,
    tls: null,
    trustedProxies: [],
    proxyProtocol: false,
    maxConnections: 1000,
    onRefused: () => refused.count++,
    onOverrun() {},
    maxFrameBytes: 4096,
    maxBacklogBytes: 65_536,
    slowConsumer: "close",
    onSlowConsumer: () => slowConsumers.count++,
    onDropped: () => dropped.count++,
    ...options,
  };
  const listener = create<OpenConnection>(settings, {
    accept(request) {
      const { path, query, peer, isRelayed } = request;
      upgrades.push(request);
      const refused = /^\/refuse\/(\d+)$/.exec(path)?.[1];
      if (refused !== undefined) return { ok: false, status: Number(refused), headers: [["x-why", "so"]] };
      return { ok: true, hello: { encoding: `${path}?${query}`, binary: query === "binary", peer, isRelayed } };
    },
    open(outbox, hello) {
      const inbox = createInbox<string | Buffer>();
      let end = (_code: number): void => {};
      const closed = new Promise<number>((resolve) => {
        end = resolve;
      });
      const connection = { outbox, hello, inbox, closed, end, message: inbox.take, timesClosed: 0 };
      connections.put(connection);
      return connection;
    },
    message({ inbox }, data, isBinary) {
      // A copy: the bytes are only lent.
      const bytes = Buffer.from(data);
      inbox.put(isBinary ? bytes : bytes.toString());
    },
    closed(connection, code) {
      connection.timesClosed++;
      connection.end(code);
    },
    request: (exchange) => requests.put(exchange),
  });
  const port = await listener.listen();
  return {
    listener,
    port,
    connection: connections.take,
    request: requests.take,
    slowConsumers,
    refused,
    dropped,
    upgrades,
    untaken: requests.items,
    async [Symbol.asyncDispose]() {
      listener.stopAccepting();
      await listener.close();
    },
  };
}

/** A WebSocket client of the `ws` library, open. */
export async function dial(port: number, path = "/", options: ClientOptions = {}, scheme = "ws") {
  const socket = new WebSocket(`${scheme}://127.0.0.1:${port}${path}`, { perMessageDeflate: false, ...options });
  const inbox = createInbox<string | Buffer>();
  socket.on("message", (data, isBinary) => inbox.put(isBinary ? (data as Buffer) : data.toString()));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    // Stays for good: what goes wrong later shows in how the connection ends.
    socket.on("error", reject);
  });
  return { socket, message: inbox.take, closed };
}

interface Inbox<T> {
  readonly items: readonly T[];
  put(item: T): void;
  take(): Promise<T>;
}

function createInbox<T>(): Inbox<T> {
  const items: T[] = [];
  const waiting: ((item: T) => void)[] = [];
  return {
    items,
    put(item) {
      const resolve = waiting.shift();
      if (resolve === undefined) items.push(item);
      else resolve(item);
    },
    take: () => (items.length > 0 ? Promise.resolve(items.shift()!) : new Promise((resolve) => waiting.push(resolve))),
  };
}
