import type { ContextStore } from "../context/store.ts";
import { misuse } from "../failure.ts";
import { readPassword } from "../input/password.ts";
import type { GlobalOptions } from "../options/global-options.ts";
import type { System } from "../system.ts";
import { addressAdvice, parseAddress } from "./address.ts";
import { maskServer } from "./mask-server.ts";

/** How to reach a server, and where each part was found. */
export interface ConnectionSettings {
  readonly server: string;
  readonly auth: string | undefined;
  readonly encoding: "json" | "msgpack" | undefined;
  /** A PEM file whose authorities are trusted, too. */
  readonly ca: string | undefined;
  /** Name of the context that the server comes from; `null` where it comes from elsewhere. */
  readonly context: string | null;
  /** For people: `--server`, `SINGYEONG_SERVER`, `the context "prod"`. */
  readonly serverSource: string;
  readonly authSource: string | null;
}

const defaultServer = "localhost:4567";

/** A place where settings are found, the more deliberate first. */
interface Layer {
  readonly source: string;
  readonly server?: string | undefined;
  /** A password for whatever server is chosen. */
  readonly auth?: string | undefined;
  /** A password for this layer's own server alone. */
  readonly ownAuth?: string | undefined;
  readonly encoding?: "json" | "msgpack" | undefined;
  readonly ca?: string | undefined;
  readonly context?: string;
}

/**
 * Finds the server: flags win over `--context`, that over the environment, that over the selected context. A password
 * kept with a context goes to that context's server and to no other.
 */
export async function resolveConnection(
  options: GlobalOptions,
  { env, stdin }: Pick<System, "env" | "stdin">,
  store: ContextStore,
): Promise<ConnectionSettings> {
  if (options.auth !== undefined && options.authFile !== undefined)
    throw misuse("--auth and --auth-file are two passwords; give one");
  if (options.server !== undefined && options.context !== undefined)
    throw misuse("--server and --context both say where the server is; give one");
  const fileAuth = options.authFile === undefined ? undefined : await readPassword(options.authFile, stdin);
  const layers: Layer[] = [
    {
      source: "--server",
      server: options.server,
      auth: fileAuth ?? options.auth,
      encoding: options.encoding,
    },
    ...(options.context === undefined ? [] : [contextLayer(store, options.context)]),
    { source: "SINGYEONG_SERVER", server: env.SINGYEONG_SERVER || undefined, auth: env.SINGYEONG_AUTH || undefined },
  ];
  if (options.context === undefined && layers.every(({ server }) => server === undefined)) {
    const name = env.SINGYEONG_CONTEXT || store.selected();
    if (name) layers.push(contextLayer(store, name));
  }
  layers.push({ source: "the default", server: defaultServer });

  const chosen = layers.find(({ server }) => server !== undefined)!;
  if (parseAddress(chosen.server!) === null)
    throw misuse(`"${maskServer(chosen.server!)}" (from ${chosen.source}) is no address of a server`, addressAdvice);
  const passwords = layers.filter(
    (layer) => layer.auth !== undefined || (layer === chosen && layer.ownAuth !== undefined),
  );
  const [password] = passwords;
  const auth = password?.auth ?? password?.ownAuth;
  return {
    server: chosen.server!,
    auth,
    encoding: options.encoding ?? chosen.encoding,
    ca: options.ca ?? chosen.ca,
    context: chosen.context ?? null,
    serverSource: chosen.source,
    authSource: password === undefined ? null : nameAuthSource(password, options),
  };
}

function contextLayer(store: ContextStore, name: string): Layer {
  const { server, auth, encoding, ca } = store.read(name);
  return { source: `the context "${name}"`, server, ownAuth: auth, encoding, ca, context: name };
}

function nameAuthSource(layer: Layer, options: GlobalOptions): string {
  if (layer.source === "--server") return options.authFile === undefined ? "--auth" : "--auth-file";
  return layer.source === "SINGYEONG_SERVER" ? "SINGYEONG_AUTH" : layer.source;
}
