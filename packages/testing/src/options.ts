import type { Config, ConfigKey } from "@singyeong/server";

/** Every setting of the server; those that are left out are as the server has them, but for what is said here. */
export type ServerSettings = {
  readonly [K in Exclude<ConfigKey, "host" | "port" | "logLevel" | "queueStore">]?: Config[K] | undefined;
};

/** How to start a server. */
export interface StartServerOptions extends ServerSettings {
  /** @default 0, which is a free one from 10000 to 32767 */
  readonly port?: number | undefined;
  /** @default "127.0.0.1" */
  readonly host?: string | undefined;
  /** @default "silent" */
  readonly logLevel?: Config["logLevel"] | undefined;
  /**
   * Where queues are: `memory` outlives `kill` and `restart` and ends with this server; `lmdb` keeps them in `dataDir`.
   * @default "memory"
   */
  readonly queueStore?: Config["queueStore"] | undefined;
  /**
   * `stepped` stands still until `server.clock.step`: heartbeats are missed and deadlines pass when the test says so.
   * @default "system"
   */
  readonly clock?: "system" | "stepped" | undefined;
}
