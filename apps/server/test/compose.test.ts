import { describe, expect, test } from "vitest";
import {
  compose,
  createSteppedClock,
  type ObservedClient,
  type ObservedMessage,
  resolveConfig,
  type ServerPorts,
} from "../src/index.ts";
import { dial } from "./listener-harness.ts";

async function start(listener: "uws" | "node", overrides: Partial<ServerPorts> = {}) {
  const server = await compose(
    resolveConfig({ host: "127.0.0.1", port: 0, logLevel: "silent", queueStore: "memory", listener }),
    overrides,
  );
  const port = await server.listen();
  const enter = async (id: string, more: object = {}) => {
    const client = await dial(port, "/gateway/websocket");
    await client.message();
    client.socket.send(JSON.stringify({ op: 1, d: { application_id: "app", client_id: id, ...more } }));
    expect(JSON.parse(String(await client.message()))).toMatchObject({ op: 2 });
    return client;
  };
  return { server, port, enter };
}

describe.each(["uws", "node"] as const)("a composed server (%s)", (listener) => {
  test("goes by the ports that take the place of its own", async () => {
    const clock = createSteppedClock(5);
    const { server, port } = await start(listener, { clock });
    const stranger = await dial(port, "/gateway/websocket");
    expect(JSON.parse(String(await stranger.message()))).toMatchObject({ op: 0, ts: 5 });
    clock.advance(30_200);
    expect(JSON.parse(String(await stranger.message()))).toMatchObject({ op: 8, d: { code: "identify/timeout" } });
    await server.kill();
  });

  test("tells who is registered, and how many connections there are", async () => {
    const { server, port, enter } = await start(listener);
    const metadata = { n: { type: "integer", value: 1 } };
    await enter("a", { metadata });
    await dial(port, "/gateway/websocket");
    expect(server.clients()).toEqual([{ app: "app", id: "a", metadata: { n: 1 } }]);
    expect(server.connections).toBe(2);
    await server.kill();
    expect([server.clients(), server.connections]).toEqual([[], 0]);
  });

  test("is killed without a goodbye, also a second time", async () => {
    const { server, port, enter } = await start(listener);
    const client = await enter("a");
    await Promise.all([server.kill(), server.kill()]);
    expect((await client.closed).code).toBe(1006);
    await expect(dial(port, "/gateway/websocket")).rejects.toThrow("ECONNREFUSED");
    await server.drain("too late");
  });

  test("is killed in the middle of a drain, which then ends", async () => {
    const { server, enter } = await start(listener);
    const client = await enter("a");
    const drained = server.drain("bye");
    await server.kill();
    await drained;
    await client.closed;
    expect(server.connections).toBe(0);
  });

  test("tells its observer who arrives and what is delivered", async () => {
    const told: unknown[] = [];
    const read = ({ event, codec, nonce, payload }: ObservedMessage) => [
      event,
      nonce && codec.decode(nonce),
      codec.decode(payload),
    ];
    const observer = {
      joined: (client: object) => void told.push(client),
      delivered: ({ app, id }: ObservedClient, message: ObservedMessage) => void told.push([app, id, ...read(message)]),
    };
    const { server, enter } = await start(listener, { observer });
    const client = await enter("a", { receive_client_updates: true });
    await client.message();
    const d = { target: { application: "app" }, nonce: 7, payload: [1] };
    client.socket.send(JSON.stringify({ op: 4, t: "SEND", d }));
    await client.message();
    expect(told).toEqual([
      { app: "app", id: "a", metadata: {} },
      ["app", "a", "CLIENT_CONNECTED", undefined, { app: "app", client_id: "a" }],
      ["app", "a", "SEND", 7, [1]],
    ]);
    await server.kill();
  });
});
