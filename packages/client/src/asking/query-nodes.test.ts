import { describe, expect, it } from "vitest";
import { stageMessenger } from "../messaging/messenger.kit.ts";
import { queryNodes } from "./query-nodes.ts";

const target = { application: "api", ops: [] };
const node = { app_id: "api", client_id: "1", metadata: {}, socket_ip: null, queues: [] };

describe("a query", () => {
  it("is the frame's content, with the nonce beside it", async () => {
    const { messenger, frames, exchange } = stageMessenger();
    const asked = queryNodes(messenger, target);
    expect(frames()[0]).toEqual({ op: 4, t: "QUERY_NODES", d: target, nonce: expect.any(String) });
    exchange.answer(frames()[0]!.nonce!, { nodes: [node] });
    expect(await asked).toMatchObject([{ app: "api", id: "1" }]);
  });

  it("is asked again where its connection was lost", async () => {
    const scene = stageMessenger();
    const asked = queryNodes(scene.messenger, target);
    scene.cut();
    scene.connect();
    expect(scene.frames()).toHaveLength(1);
    scene.exchange.answer(scene.frames()[0]!.nonce!, { nodes: [] });
    expect(await asked).toEqual([]);
  });

  it("fails where the answer is none", async () => {
    const { messenger, frames, exchange } = stageMessenger();
    const asked = queryNodes(messenger, target);
    exchange.answer(frames()[0]!.nonce!, {});
    await expect(asked).rejects.toMatchObject({ code: "client/protocol" });
  });
});
