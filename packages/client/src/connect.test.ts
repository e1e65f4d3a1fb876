import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { connect } from "./connect.ts";

describe("connecting", () => {
  it.each([
    [[]],
    ["localhost:4567"],
    ["singyeong://api@127.0.0.1?encoding=etf"],
    [{}],
    [{ app: "api", outbox: { maxMessages: 0 } }],
    [{ app: "api", telemetry: {} }],
  ])("is refused where the options make no sense: %j", async (target) => {
    await expect(connect(target as never)).rejects.toMatchObject({ code: "client/invalid-options", retry: "never" });
  });

  it("is given up before it begins where its signal is aborted, and says why", async () => {
    const connecting = connect("singyeong://api@127.0.0.1", { signal: AbortSignal.abort("enough") });
    await expect(connecting).rejects.toMatchObject({ code: "client/aborted", cause: "enough" });
  });

  it("is out of time where its signal is a time limit", async () => {
    const signal = AbortSignal.abort(new DOMException("late", "TimeoutError"));
    const connecting = connect("singyeong://api@127.0.0.1", { signal });
    await expect(connecting).rejects.toMatchObject({ code: "client/timeout" });
  });

  it("is refused where metadata cannot travel", async () => {
    const connecting = connect({ app: "api", metadata: { load: () => 1 } as never });
    await expect(connecting).rejects.toMatchObject({ code: "client/invalid-value" });
  });

  it("fails where no server of the list answers, and names the last of them", async () => {
    const free = createServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const servers = [`singyeong://api@127.0.0.1:${port}`, `127.0.0.1:${port}`];
    await expect(connect(servers)).rejects.toMatchObject({
      code: "client/unreachable",
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
  });

  it("is given up at once while a server thinks, and lets go of it", async () => {
    const ended = Promise.withResolvers<void>();
    const silent = createServer((socket) => {
      controller.abort("enough");
      socket.resume().on("close", () => ended.resolve());
    });
    const controller = new AbortController();
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const connecting = connect(`singyeong://api@127.0.0.1:${port}`, { signal: controller.signal });
    await expect(connecting).rejects.toMatchObject({ code: "client/aborted", cause: "enough" });
    await ended.promise;
    silent.close();
  });

  it("fails where a server thinks for too long", async () => {
    const silent = createServer((socket) => socket.resume());
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const connecting = connect(`singyeong://api@127.0.0.1:${port}`, { connectTimeoutMs: 20 });
    await expect(connecting).rejects.toMatchObject({ code: "client/timeout" });
    silent.close();
  });
});
