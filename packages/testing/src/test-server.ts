import type { Client, ConnectOptions, Contract, Undeclared } from "@singyeong/client";
import type { RegisteredClient } from "@singyeong/server";
import type { Delivered, DeliveredFilter } from "./delivered.ts";

/** A server in this process. */
export interface TestServer extends AsyncDisposable {
  /** Stays the same over restarts. */
  readonly port: number;
  /** `ws://127.0.0.1:<port>` */
  readonly url: string;
  /** `http://127.0.0.1:<port>` */
  readonly httpUrl: string;
  /** Open connections, those included that have not identified. */
  readonly connections: number;
  /** Where to connect, as one text: `singyeong://<app>:<auth>@127.0.0.1:<port>`. */
  dsn(app: string, options?: DsnOptions): string;
  /**
   * Connects a client to this server, with its password and, unless `app` says otherwise, as one of the application
   * `test`. It is closed together with the server, where nobody closes it before.
   * @throws as `connect` of `@singyeong/client`
   */
  connect<C extends Contract = Undeclared>(options?: TestConnectOptions<C>): Promise<Client<C>>;

  /** Who is registered now. */
  clients(): readonly RegisteredClient[];
  /** Resolves with a client of the application (that one, where `id` is given) as soon as it is registered, at once where it is. */
  awaitClient(wanted: AwaitedClient, options?: AwaitOptions): Promise<RegisteredClient>;
  /**
   * What was handed to clients' connections, in order: the last 10,000 messages, restarts included. That a message is
   * here does not say that its receiver has read it.
   */
  delivered(filter?: DeliveredFilter): readonly Delivered[];
  /**
   * The first delivery that matches, whether it has happened already or is yet to happen. Each is given away once: call
   * again for the next one.
   */
  nextDelivery(filter?: DeliveredFilter, options?: AwaitOptions): Promise<Delivered>;

  /** Stops kindly, as at a deployment: clients are told to go elsewhere, and the connections close. Then the port is free. */
  goodbye(reason?: string): Promise<void>;
  /** Stops as a crash would: connections are cut, and what was under way is lost. Then the port is free. */
  kill(): Promise<void>;
  /** Starts anew on the same port, with nobody registered; kills first what still runs. */
  restart(): Promise<void>;
}

/** One whose clock stands still until it is told to move. */
export interface SteppedTestServer extends TestServer {
  readonly clock: TestClock;
}

export interface TestClock {
  /** Milliseconds since 1970, as the server sees it. */
  now(): number;
  /** Moves the server's time on; what falls due on the way happens at its own time, before this returns. */
  step(ms: number): void;
}

export interface DsnOptions {
  /** `null` connects without a password. @default the server's */
  readonly auth?: string | null | undefined;
  /**
   * `etf` is for programs of the BEAM and their like: the server speaks it, but `connect` of `@singyeong/client` refuses
   * such a DSN.
   * @default "json"
   */
  readonly encoding?: "json" | "msgpack" | "etf" | undefined;
}

/** As for `connect` of `@singyeong/client`, but for the server, which is this one. */
export type TestConnectOptions<C extends Contract = Undeclared> = Omit<ConnectOptions<C>, "servers">;

/** Whom to wait for. */
export interface AwaitedClient {
  readonly app: string;
  /** @default any client of the application */
  readonly id?: string | undefined;
}

export interface AwaitOptions {
  /** Gives up waiting: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}
