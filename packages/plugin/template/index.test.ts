import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startServer } from "@singyeong/testing";

const plugins = [fileURLToPath(new URL("index.ts", import.meta.url))];

test("clients raise the number, and everybody can read it", async () => {
  const server = await startServer({ plugins, pluginSettings: { "my-plugin": { step: 10 } } });
  const socket = new WebSocket(`${server.url}/gateway/websocket`);
  const receive = async () => JSON.parse((await once(socket, "message"))[0].data);
  await receive(); // hello

  socket.send(JSON.stringify({ op: 1, d: { application_id: "counter", client_id: "one" } }));
  await receive(); // ready
  socket.send(JSON.stringify({ op: 4, t: "RAISE", d: { times: 2 } }));
  const { t, d } = await receive();
  assert.deepEqual([t, d], ["RAISED", { total: 20 }]);

  const answer = await fetch(`${server.httpUrl}/api/v1/plugin/my-plugin`);
  assert.deepEqual(await answer.json(), { total: 20 });

  socket.close();
  await server.kill();
});
