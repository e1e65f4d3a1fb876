import { describe, expect, test } from "vitest";
import { listeners, startServer } from "../../src/start-server.ts";
import type { Guesses, GuessingSettings } from "./brute-force.kit.ts";
import { askFrom } from "./guest.kit.ts";
import { startHelper } from "./helper-process.kit.ts";
import { residentBytes } from "./process-figures.kit.ts";

/** The table of addresses has 65,536 places, so that this overfills it; a million was tried by hand (SECURITY.md). */
const wantedAddresses = 20_000;
const maxGrowthBytes = 150_000_000;

describe.each(listeners)("addresses that headers tell of (%s)", (listener) => {
  test("take no memory, however many there are", { timeout: 60_000 }, async () => {
    await using server = await startServer({ listener, flags: ["--auth", "right", "--trusted-proxies", "127.0.0.1"] });
    const settings: GuessingSettings = {
      port: server.port,
      over: "http",
      perSecond: 20_000,
      connections: 64,
      addresses: ["127.0.0.1"],
      isForwarded: true,
    };
    await using guesser = startHelper("./guessing-program.kit.ts", settings);
    const beforeBytes = await residentBytes(server.pid);
    await guesser.ask({ attack: true });
    let seen = await guesser.ask<Guesses>({});
    while (seen.tried < wantedAddresses) seen = await guesser.ask<Guesses>({});
    expect(seen).toMatchObject({ right: 0, throttled: 0 });
    expect((await residentBytes(server.pid)) - beforeBytes).toBeLessThan(maxGrowthBytes);
    expect((await askFrom(server, "/metrics", { headers: { authorization: "right" } })).status).toBe(200);
  });

  test("are those of trusted proxies alone, and of these the one that they saw", async () => {
    await using server = await startServer({ listener, flags: ["--auth", "right", "--trusted-proxies", "127.0.0.9"] });
    const attempt = async (from: string, forwardedFor: string): Promise<number> => {
      const headers = { authorization: "guess", "x-forwarded-for": forwardedFor };
      return (await askFrom(server, "/metrics", { from, headers })).status;
    };
    // Who is no proxy is itself, whatever it says.
    for (let i = 0; i < 10; i++) await attempt("127.0.0.3", `10.0.0.${i}`);
    expect(await attempt("127.0.0.3", "10.0.0.99")).toBe(429);
    // Who comes through one is who the proxy added, whatever it said itself.
    for (let i = 0; i < 10; i++) await attempt("127.0.0.9", `10.1.0.${i}, 192.0.2.1`);
    expect(await attempt("127.0.0.9", "10.1.0.99, 192.0.2.1")).toBe(429);
    expect(await attempt("127.0.0.9", "192.0.2.1, 192.0.2.2")).toBe(401);
  });
});
