import { expect, test } from "vitest";
import { eachListener } from "../../src/each-listener.ts";
import type { Reachable } from "../../src/start-server.ts";
import { knock } from "./guest.kit.ts";

/** Whether the page of an origin gets in; without one it is a program. */
async function comesIn(server: Reachable, origin?: string): Promise<boolean | number> {
  const guest = await knock(server, origin === undefined ? {} : { headers: { origin } });
  if (typeof guest === "number") return guest;
  await guest[Symbol.asyncDispose]();
  return true;
}

eachListener("pages of other origins", ["--origins", "https://app.example,http://localhost:3000"], (server) => {
  test.each(["https://app.example", "http://localhost:3000"])("%s may connect", async (origin) => {
    expect(await comesIn(server(), origin)).toBe(true);
  });
  test.each([
    "https://evil.example",
    "http://app.example",
    "https://app.example:8443",
    "https://app.example.evil.example",
    "https://sub.app.example",
    "https://app.example/",
    "null",
    "*",
  ])("%s may not", async (origin) => {
    expect(await comesIn(server(), origin)).toBe(403);
  });
  test("programs, which have no origin, may", async () => {
    expect(await comesIn(server())).toBe(true);
  });
});

eachListener("origins where none are named", [], (server) => {
  test("all of them may connect", async () => {
    expect(await comesIn(server(), "https://anybody.example")).toBe(true);
  });
});
