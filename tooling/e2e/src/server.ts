import { compose, loadConfig } from "@singyeong/server";

/** A server in this process, on a free loopback port. */
export interface LocalServer extends AsyncDisposable {
  readonly port: number;
}

/** Starts a server with flags as on the command line. */
export async function startLocalServer(flags: readonly string[]): Promise<LocalServer> {
  const loaded = loadConfig(["--host", "127.0.0.1", "--port", "0", ...flags], {});
  if (loaded.ok !== true) throw new Error(JSON.stringify(loaded));
  const server = await compose(loaded.config);
  const port = await server.listen();
  return { port, [Symbol.asyncDispose]: () => server.drain("test is over") };
}
