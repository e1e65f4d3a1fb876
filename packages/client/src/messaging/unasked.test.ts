import { describe, expect, it } from "vitest";
import { connectClient } from "../create-client.kit.ts";

describe("an extension that the client did not ask for", () => {
  const unasked = (extension: string) => ({
    code: "client/unsupported",
    message: `this client did not ask for ${extension} (the option caps)`,
  });

  it("is named where it is wanted, whatever the server has", async () => {
    const { client } = connectClient({ caps: ["receipt"] });
    await expect(client.call("math", "add")).rejects.toMatchObject({ ...unasked("stream"), delivered: false });
    await expect(client.publish("a", 1)).rejects.toMatchObject(unasked("topic"));
    await expect(client.publishAndWait("a", 1)).rejects.toMatchObject(unasked("topic"));
    await expect(client.replies("a", 1).next()).rejects.toMatchObject(unasked("topic"));
    expect(await client.subscribe("a").closed()).toMatchObject(unasked("topic"));
    await expect(client.queue("q").push("math", 1)).rejects.toMatchObject(unasked("queue2"));
    expect(
      await client
        .queue("q")
        .consume(() => {})
        .closed(),
    ).toMatchObject(unasked("queue2"));
  });

  it("is not the one that the server does not have", async () => {
    const { client } = connectClient();
    await expect(client.publish("a", 1)).rejects.toMatchObject({ message: "the server has no topic" });
  });
});
