import type { ConnectOptions } from "@singyeong/client";
import { equal, holds } from "../check.ts";
import type { Scenario } from "../world.ts";
import { join } from "./parties.ts";

/** More than may be under way, of a length that no part divides. */
const bytes = Uint8Array.from({ length: 1_500_007 }, (_, i) => i * 7);

function sum(parts: Uint8Array): number {
  return parts.reduce((total, byte) => (total * 31 + byte) % 1_000_003, 7);
}

/** A client answers what the proxy is asked for, over its connection. Pages ask as well: their origin is let in. */
export function serveHttp(encoding: NonNullable<ConnectOptions["encoding"]>): Scenario {
  return async (world) => {
    const server = await world.startServer("--origins", "*");
    await using client = await join(server, "server", { encoding });
    const left = Promise.withResolvers<void>();
    const routes: Record<string, (request: Request) => Response | Promise<Response>> = {
      "/echo": async (request) => {
        const { method, headers, url } = request;
        const { search } = new URL(url);
        return Response.json(
          { method, search, host: headers.get("host"), body: await request.text() },
          { status: 201 },
        );
      },
      "/sum": async (request) => {
        let total = new Uint8Array(0);
        for (const reader = request.body!.getReader(); ; ) {
          const { done, value } = await reader.read();
          if (done) return new Response(`${sum(total)}`);
          const longer = new Uint8Array(total.length + value.length);
          longer.set(total);
          longer.set(value, total.length);
          total = longer;
        }
      },
      "/bytes": () => new Response(bytes),
      "/empty": () => new Response(null, { status: 204 }),
      "/ticks": () => {
        let cancel = (): void => {};
        return new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue(new TextEncoder().encode("tick"));
              cancel = left.resolve;
            },
            cancel: () => cancel(),
          }),
        );
      },
      "/broken": () => {
        throw new Error("by mistake");
      },
    };
    const service = client.serveHttp((request) => routes[new URL(request.url).pathname]!(request));
    await service.serving();
    const ask = (path: string, init?: RequestInit): Promise<Response> =>
      fetch(`http://${server}/api/v1/proxy/desk${path}`, init);

    const echoed = await ask("/echo?a=%20b", { method: "POST", body: "안녕 👋" });
    const { host, ...rest } = (await echoed.json()) as { host: unknown };
    equal([echoed.status, rest], [201, { method: "POST", search: "?a=%20b", body: "안녕 👋" }], "what was echoed");
    holds(typeof host === "string" && host !== "", "fields that pages may not set are seen by a handler");
    equal(await (await ask("/sum", { method: "POST", body: bytes })).text(), `${sum(bytes)}`, "an upload");
    equal(sum(new Uint8Array(await (await ask("/bytes")).arrayBuffer())), sum(bytes), "a download");
    equal((await ask("/empty")).status, 204, "an answer without a body");
    equal((await ask("/broken")).status, 500, "a handler that threw");
    const reader = (await ask("/ticks")).body!.getReader();
    equal(new TextDecoder().decode((await reader.read()).value), "tick", "the first part of what does not end");
    await reader.cancel();
    await left.promise;
    const many = await Promise.all(Array.from({ length: 50 }, async (_, i) => (await ask(`/echo?${i}`)).json()));
    equal(
      many.map(({ search }: { search: string }) => search),
      Array.from({ length: 50 }, (_, i) => `?${i}`),
      "50 requests at once",
    );
    await service.stop();
    holds(!(await ask("/empty")).ok, "a request is answered by nobody once that has stopped");
  };
}
