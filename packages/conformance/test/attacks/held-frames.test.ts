import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { identifyFrame } from "../../src/identified.ts";
import { listeners, startServer } from "../../src/start-server.ts";
import { assemble } from "../../src/tokens.ts";
import { enter } from "./guest.kit.ts";

/** Keys for tokens at an address that takes connections and never answers. */
async function startSilence(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((socket) => socket.on("error", () => {}));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}

const token = assemble({ alg: "ES256", kid: "k" }, { sub: "somebody" }, "c2ln");

describe.each(listeners)("frames behind a token that is still looked at (%s)", (listener) => {
  test("are held up to a bound, past which the connection fails", async () => {
    await using keys = await startSilence();
    await using server = await startServer({
      listener,
      flags: ["--jwks-url", keys.url, "--max-backlog-bytes", "65536"],
    });
    await using guest = await enter(server);
    guest.send(identifyFrame("app", "waits", { auth: token }));
    for (let i = 0; i < 10; i++) guest.send({ op: 5, d: "x".repeat(10_000) });
    const { op, d } = await guest.next();
    expect([op, d.code, d.extra_info]).toEqual([8, "limit/in-flight", { max_bytes: 65_536 }]);
    expect((await guest.closed).code).toBe(1000);
  });

  test("of a few connections keep no others waiting", async () => {
    await using keys = await startSilence();
    await using server = await startServer({ listener, flags: ["--auth", "right", "--jwks-url", keys.url] });
    const waiting = await Promise.all(Array.from({ length: 50 }, () => enter(server)));
    for (const [i, guest] of waiting.entries()) guest.send(identifyFrame("app", `waits-${i}`, { auth: token }));
    await using client = await enter(server);
    client.send(identifyFrame("app", "comes-in", { auth: "right" }));
    expect((await client.next()).op).toBe(2);
    for (const guest of waiting) await guest[Symbol.asyncDispose]();
  });
});
