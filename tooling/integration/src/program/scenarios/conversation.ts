import { type Client, type ConnectOptions, createHttpApi } from "@singyeong/client";
import { codeOf, equal, holds } from "../check.ts";
import type { Scenario } from "../world.ts";
import { join, only } from "./parties.ts";

type Encoding = NonNullable<ConnectOptions["encoding"]>;

/** Two clients do with each other whatever clients do; `here` and `there` are their encodings. */
export function conversation(here: Encoding, there: Encoding): Scenario {
  return async (world) => {
    const server = await world.startServer("--origins", "*");
    await using ann = await join(server, "ann", { encoding: here, metadata: { who: "ann", desks: [1, 2] } });
    await using bob = await join(server, "bob", { encoding: there, metadata: { who: "bob", latency: 12 } });
    await messagesArrive(ann, bob);
    await refusalsHaveCodes(ann);
    await metadataIsFound(ann, bob);
    await callsOverHttp(server);
  };
}

async function messagesArrive(ann: Client, bob: Client): Promise<void> {
  const inbox = bob.messages({ event: "SEND" });
  const payload = { text: "안녕 👋", list: [1, 2.5, null, true], deep: { er: "…" } };
  equal((await ann.send(only("bob"), payload)).count, 1, "who got it");
  const { value: message } = await inbox.next();
  equal([message!.event, message!.payload], ["SEND", payload], "what bob got");
  await inbox[Symbol.asyncDispose]();

  const heard: unknown[] = [];
  using _ann = ann.messages(({ payload }) => void heard.push(payload));
  using _bob = bob.messages(async (message) => {
    if (message.wantsReply) await message.reply({ sum: message.payload.a + message.payload.b });
    else heard.push(message.payload);
  });
  equal((await ann.broadcast("desk", "all")).count, 2, "who got the broadcast");
  const answer = await ann.request(only("bob"), { a: 2, b: 3 });
  equal(answer.payload, { sum: 5 }, "bob's answer");
  equal((await ann.send(only("bob"), "unasked", { receipt: false })).count, null, "a count that nobody asked for");
  await ann.request(only("bob"), { a: 0, b: 0 });
  equal(heard, ["all", "all", "unasked"], "what both heard");
}

async function refusalsHaveCodes(ann: Client): Promise<void> {
  equal(await codeOf(ann.send(only("nobody"), 1)), "route/no-match", "sending to nobody");
  const wrong = { application: "desk", ops: [{ path: "/who", op: "$eq", to: {} }] };
  equal(await codeOf(ann.send(wrong as never, 1)), "query/invalid", "sending by a query that is none");
  equal(await codeOf(ann.queryNodes(wrong as never)), "query/invalid", "asking by a query that is none");
  equal(await codeOf(ann.send("desk", () => 1)), "client/invalid-value", "sending a function");
  equal(await codeOf(ann.send("desk", 2 ** 60)), "client/invalid-value", "sending a number that lost digits");
  equal(await codeOf(ann.metadata.set({ ip: "1.2.3.4" })), "metadata/invalid", "setting what is the server's");
  const aborted = AbortSignal.abort();
  equal(await codeOf(ann.send("desk", 1, { signal: aborted })), "client/aborted", "sending with an aborted signal");
  holds(ann.connected, "ann is still connected");
}

async function metadataIsFound(ann: Client, bob: Client): Promise<void> {
  await bob.metadata.set({ latency: 40, region: "asia" });
  const [node, ...others] = await ann.queryNodes(only("bob"));
  equal(others, [], "others who are bob");
  const { who, latency, region } = node!.metadata;
  equal([node!.app, node!.id, who, latency, region], ["desk", "bob", "bob", 40, "asia"], "bob");
  await bob.metadata.remove("region");
  const without = { application: "desk", ops: [{ path: "/region", op: "$exists", to: { value: false } }] } as const;
  equal((await ann.queryNodes(without)).map(({ id }) => id).sort(), ["ann", "bob"], "who has no region");
}

async function callsOverHttp(server: string): Promise<void> {
  const http = createHttpApi({ server });
  const nodes = await http.query("desk");
  equal(nodes.map(({ id }) => id).sort(), ["ann", "bob"], "who is there by HTTP");
  equal((await http.version()).api, "v1", "the server's protocol");
}
