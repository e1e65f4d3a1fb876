import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

/** Pages and files on an origin of their own. */
export interface Site extends AsyncDisposable {
  readonly origin: string;
}

export interface SiteContents {
  /** HTML by path: `{"/": "<!doctype html>…"}`. */
  readonly pages: Readonly<Record<string, string>>;
  /** Folders whose files are served below a prefix: `{"/client/": "/somewhere/dist"}`. */
  readonly folders?: Readonly<Record<string, string>>;
}

/** Serves what it is given on a free loopback port. */
export async function serveSite({ pages, folders = {} }: SiteContents): Promise<Site> {
  const read = async (path: string): Promise<string | Buffer> => {
    const page = pages[path];
    if (page !== undefined) return page;
    const prefix = Object.keys(folders).find((prefix) => path.startsWith(prefix));
    if (prefix === undefined) throw new Error(`nothing is served at ${path}`);
    return readFile(join(folders[prefix]!, path.slice(prefix.length)));
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, "http://localhost");
    const type = extname(pathname) === ".js" ? "text/javascript" : "text/html; charset=utf-8";
    read(pathname).then(
      (body) => response.writeHead(200, { "content-type": type }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
