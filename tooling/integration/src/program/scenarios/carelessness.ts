import { createHttpApi } from "@singyeong/client";
import { codeOf, equal } from "../check.ts";
import type { Scenario } from "../world.ts";
import { join, next } from "./parties.ts";

/** Nobody awaits anything and everything fails; the harness sees to it that no rejection is left without a handler. */
export const carelessness: Scenario = async (world) => {
  const server = await world.startServer();
  const wire = await world.layWire(server);
  const client = await join(wire, "ann");
  const http = createHttpApi({ server: wire });
  const careless = (): void => {
    void client.send("nobody", 1);
    void client.broadcast("nobody", 1);
    void client.send("desk", () => {});
    void client.request("desk", 1, { timeoutMs: 20 });
    void client.queryNodes({ application: "desk", ops: [{}] } as never);
    void client.metadata.set({ ip: "1.2.3.4" });
    void client.metadata.remove("nothing");
    void client.messages().next();
    void http.query("desk", { signal: AbortSignal.abort() });
    void client.send("desk", 1, { signal: AbortSignal.abort() });
  };
  careless();
  client.messages(() => {
    throw new Error("a handler's mistake");
  });
  client.on("error", () => {
    throw new Error("another one");
  });
  await client.send("desk", "to be mishandled");
  const lost = next(client, "disconnected");
  await world.unplugWire(wire);
  careless();
  await lost;
  careless();
  void client.drain({ timeoutMs: 10 });
  void client.close();
  careless();
  equal(await client.closed(), null, "why it closed");
  careless();

  const failures = [
    codeOf(join(wire, "bob", { reconnect: false })),
    codeOf(join(wire, "bob", { signal: AbortSignal.abort() })),
    codeOf(join(wire, "bob", { encoding: "etf" as never })),
    codeOf(join("", "bob")),
  ];
  equal(
    await Promise.all(failures),
    ["client/unreachable", "client/aborted", "client/invalid-options", "client/invalid-options"],
    "why nobody connected",
  );
  // What does HTTP may still be on its way here; by then every careless call has failed as well.
  equal(await codeOf(http.query("desk", { signal: AbortSignal.abort() })), "client/aborted", "an aborted query");
  const { timers, sockets } = await world.census();
  equal([timers, sockets], [[], 0], "timers and sockets that are open");
};
