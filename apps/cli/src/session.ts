import type { Client, ConnectOptions, HttpApi } from "@singyeong/client";
import { type ConnectionSettings, resolveConnection } from "./connection/settings.ts";
import { configFolder } from "./context/folder.ts";
import { type ContextStore, createContextStore } from "./context/store.ts";
import type { GlobalOptions } from "./options/global-options.ts";
import { createOutput, type Output } from "./output/output.ts";
import { createProgress, type Progress } from "./output/progress.ts";
import type { QueueApi } from "./queue/queue-api.ts";
import type { System } from "./system.ts";

/** What one run of a command works with. */
export interface Session {
  readonly system: System;
  readonly out: Output;
  readonly progress: Progress;
  readonly contexts: ContextStore;
  readonly global: GlobalOptions;
  /** Where the server is; found out once. From then on its authority is trusted. */
  connection(): Promise<ConnectionSettings>;
  /** The server's HTTP side. */
  http(): Promise<HttpApi>;
  /** The part of it that looks after queues. */
  queues(): Promise<QueueApi>;
  /** A client that is connected, and closed when the command ends. */
  connect(options: ConnectOptions): Promise<Client>;
  /** Closes what the command opened. */
  end(): Promise<void>;
}

export function createSession(system: System, global: GlobalOptions): Session {
  const contexts = createContextStore(configFolder(system), system.platform);
  const clients: Client[] = [];
  let connection: Promise<ConnectionSettings> | undefined;
  const resolve = (): Promise<ConnectionSettings> => (connection ??= findServer());

  async function findServer(): Promise<ConnectionSettings> {
    const settings = await resolveConnection(global, system, contexts);
    if (settings.ca !== undefined) (await import("./connection/trust.ts")).trustAuthority(settings.ca);
    return settings;
  }

  return {
    system,
    out: createOutput(system, global.json),
    progress: createProgress(system.stderr, !global.json),
    contexts,
    global,
    connection: resolve,
    async http() {
      const [{ createHttpApi }, { server, auth }] = await Promise.all([import("@singyeong/client"), resolve()]);
      return createHttpApi({ server, auth });
    },
    async queues() {
      const [{ createQueueCaller }, { createQueueApi }, settings] = await Promise.all([
        import("./queue/queue-caller.ts"),
        import("./queue/queue-api.ts"),
        resolve(),
      ]);
      return createQueueApi(createQueueCaller(settings, system.interrupted), global.timeout);
    },
    async connect(options) {
      const [{ connect }, { server, auth, encoding }] = await Promise.all([import("@singyeong/client"), resolve()]);
      const client = await connect({
        servers: server,
        auth,
        encoding,
        connectTimeoutMs: global.timeout,
        outbox: { maxAgeMs: global.timeout },
        signal: system.interrupted,
        ...options,
      });
      clients.push(client);
      return client;
    },
    async end() {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}
