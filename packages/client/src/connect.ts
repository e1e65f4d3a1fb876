import type { Client } from "./client.ts";
import { loadCodec } from "./codec/load-codec.ts";
import type { Contract, Undeclared } from "./contract/contract.ts";
import { createClient } from "./create-client.ts";
import { aborted } from "./messaging/quiet.ts";
import type { ConnectOptions } from "./options/options.ts";
import { resolveOptions } from "./options/resolve.ts";
import { systemPlatform } from "./platform/system.ts";
import { openSocket } from "./transport/open-socket.ts";

/**
 * Connects to a server and stays connected until `close`, `drain` or a refusal for good.
 *
 * ```ts
 * await using client = await connect("singyeong://shop@localhost:4567", { metadata: { region: "asia" } });
 * await client.send(query("gateway").where(path("/latency").lte(100)), { hello: "nerve" });
 * ```
 *
 * @param target one or more servers (as the option `servers`), or all options at once
 * @throws `client/invalid-options`, `client/invalid-value` for metadata; `client/unreachable` where no server of the list answers (unless `waitForServer`);
 * `client/wrong-password`; `identify/…` as the server refuses it; `client/protocol`, `client/connection-lost`,
 * `client/timeout` as the last attempt ended; `client/aborted`; `client/unsupported` for options that browsers lack
 */
export async function connect<C extends Contract = Undeclared>(
  servers: string | readonly string[],
  options?: Omit<ConnectOptions<C>, "servers">,
): Promise<Client<C>>;
export async function connect<C extends Contract = Undeclared>(options: ConnectOptions<C>): Promise<Client<C>>;
export async function connect<C extends Contract>(
  target: string | readonly string[] | ConnectOptions<C>,
  options?: Omit<ConnectOptions<C>, "servers">,
): Promise<Client<C>> {
  const given = isServers(target) ? { ...options, servers: target } : target;
  const resolved = resolveOptions(given, systemPlatform.token);
  const { signal } = given;
  if (signal?.aborted) throw aborted(signal);
  const codec = await loadCodec(resolved.encoding);
  const { client, start, stop } = createClient<C>({
    options: resolved,
    given,
    codec,
    platform: systemPlatform,
    openSocket,
  });
  given.telemetry?.attach(client);
  const abort = (): void => stop(aborted(signal!));
  signal?.addEventListener("abort", abort, { once: true });
  void client.closed().then(() => signal?.removeEventListener("abort", abort));
  await new Promise<void>((resolve, reject) => {
    client.on("connected", () => resolve());
    client.on("closed", ({ error }) => reject(error));
    if (signal?.aborted) abort();
    start();
  });
  return client;
}

function isServers(target: unknown): target is string | readonly string[] {
  return typeof target === "string" || Array.isArray(target);
}
