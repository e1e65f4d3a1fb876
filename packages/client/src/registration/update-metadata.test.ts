import { describe, expect, it } from "vitest";
import { SingyeongError } from "../errors.ts";
import { stageMessenger as stage } from "../messaging/messenger.kit.ts";
import { createUpdateMetadata } from "./update-metadata.ts";

describe("an update of metadata", () => {
  it("is answered by the server's word", async () => {
    const { messenger, frames, exchange } = stage();
    const update = createUpdateMetadata(messenger, exchange);
    const changes = { load: { type: "integer", value: 1 }, gone: null };
    const [taken, refused] = [update(changes), update(changes)];
    expect(frames()[0]).toEqual({ op: 4, t: "UPDATE_METADATA", d: changes, nonce: expect.any(String) });
    const refusal = new SingyeongError("metadata/invalid", "no");
    exchange.receipt(frames()[0]!.nonce!, {});
    exchange.refuse(frames()[1]!.nonce!, refusal);
    expect(await taken).toBeUndefined();
    await expect(refused).rejects.toBe(refusal);
  });

  it("that cannot be sent fails, and nothing is written", async () => {
    const { messenger, frames, exchange, platform } = stage();
    const update = createUpdateMetadata(messenger, exchange);
    await expect(update({ call: () => {} })).rejects.toMatchObject({ code: "client/invalid-value" });
    expect([frames(), platform.timers]).toEqual([[], 0]);
  });

  it("is taken for granted where the server gives no receipts", async () => {
    const { messenger, exchange } = stage([]);
    expect(await createUpdateMetadata(messenger, exchange)({})).toBeUndefined();
  });
});
