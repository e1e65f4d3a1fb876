/** Clients of a real server, some of which may be cut off. */
import { compose, loadConfig } from "@singyeong/server";
import type { Client } from "../src/client.ts";
import { connect } from "../src/connect.ts";
import type { ConnectOptions } from "../src/options/options.ts";
import { type CutProxy, startCutProxy } from "./cut-proxy.kit.ts";

export interface Scene {
  /** Starts a server; its address. */
  startServer(...flags: readonly string[]): Promise<string>;
  join(address: string, app: string, options?: ConnectOptions): Promise<Client>;
  /** A way to a server that can be cut, so that whoever takes it goes without a farewell. */
  startProxy(address: string): Promise<CutProxy>;
  /** Ends all of it. */
  end(): Promise<void>;
}

export function createScene(): Scene {
  const ends: (() => unknown)[] = [];
  return {
    async startServer(...flags) {
      const given = [
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--queue-store",
        "memory",
        "--log-level",
        "silent",
        ...flags,
      ];
      const loaded = loadConfig(given, {});
      if (loaded.type !== "settings") throw new Error(JSON.stringify(loaded));
      const server = await compose(loaded.config);
      ends.push(() => server.kill());
      return `127.0.0.1:${await server.listen()}`;
    },
    async join(address, app, options = {}) {
      const client = await connect({ servers: address, app, ...options });
      ends.push(() => client.close());
      return client;
    },
    async startProxy(address) {
      const proxy = await startCutProxy(Number(address.split(":")[1]));
      ends.push(proxy.close);
      return proxy;
    },
    async end() {
      for (const end of ends.splice(0).reverse()) await end();
    },
  };
}

/** Resolves with what `take` is called with, in order. */
export function createTray<T>() {
  const given: T[] = [];
  let enough = (): void => {};
  return {
    given,
    take(value: T) {
      given.push(value);
      enough();
    },
    async until(count: number): Promise<readonly T[]> {
      while (given.length < count) {
        await new Promise<void>((resolve) => {
          enough = resolve;
        });
      }
      return given;
    },
  };
}
