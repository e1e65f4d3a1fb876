import { readFile } from "node:fs/promises";
import { startServer } from "@singyeong/testing";
import { expect, test } from "vitest";

const page = await readFile(new URL("../../../../docs/protocol/request-reply.md", import.meta.url), "utf8");
/** The frames that the page shows: a request, and the answer to it. */
const [request, answer] = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, json]) => JSON.parse(json!).d);

test("the client asks and answers with frames as the page shows them", async () => {
  await using server = await startServer();
  await using thumbnails = await server.connect({ app: request.target.application });
  await using gateway = await server.connect({ app: answer.target.application });
  thumbnails.messages((message) => message.reply(answer.payload));
  expect(await gateway.request(request.target, request.payload)).toMatchObject({ payload: answer.payload });

  const asked = await server.nextDelivery({ app: thumbnails.app });
  const inbox = server.clients().find(({ app }) => app === gateway.app)?.metadata.reply_inbox;
  expect(asked).toMatchObject({ event: "SEND", payload: request.payload, headers: request.headers });
  expect(asked.nonce).toBe(`${gateway.app} ${inbox} 1`);

  const answered = await server.nextDelivery({ app: gateway.app });
  expect(answered).toMatchObject({ event: "SEND", nonce: asked.nonce, payload: answer.payload, headers: {} });
});

test("the page's frames agree with its words", () => {
  const [, header] = /carries the header `([^`]+)`/.exec(page) ?? [];
  expect(Object.keys(request.headers)).toEqual([header]);
  expect(answer).not.toHaveProperty("headers");
  const [{ path, to }] = answer.target.ops;
  expect(answer.nonce).toBe(request.nonce);
  expect(request.nonce.split(" ")).toEqual([answer.target.application, to.value, "1"]);
  expect(page).toContain(`under the key \`${path.slice(1)}\``);
});
