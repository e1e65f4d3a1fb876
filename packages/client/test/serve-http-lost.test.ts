import { describe, expect, it } from "vitest";
import { startCutProxy } from "./cut-proxy.kit.ts";
import { ask, atTheEnd, serve, startServer } from "./serve-http.kit.ts";

const reconnect = { minDelayMs: 1, maxDelayMs: 20 };

/** A client `one` that is asked and does not answer before it is told to, over a way that can be cut for good. */
async function startSilent(method: string, ...flags: readonly string[]) {
  const address = await startServer(...flags);
  const way = await startCutProxy(Number(address.split(":")[1]));
  atTheEnd(way.close);
  const asked = Promise.withResolvers<void>();
  const told = Promise.withResolvers<void>();
  const answering = async (): Promise<Response> => {
    asked.resolve();
    await told.promise;
    return new Response("one");
  };
  await serve(way.address, answering, { id: "one", reconnect });
  const answer = ask(address, "/", { method });
  await asked.promise;
  return {
    address,
    answer,
    tell: () => told.resolve(),
    back() {
      way.open = true;
    },
    lose() {
      way.open = false;
      way.cut();
    },
  };
}

describe("[SH-10] a request whose client is lost, and may come back, before it has answered", () => {
  it("goes to somebody else at once where it may be repeated", async () => {
    const { address, answer, lose } = await startSilent("GET");
    await serve(address, () => new Response("two"), { id: "two" });
    lose();
    expect(await (await answer).text()).toBe("two");
  });

  it("fails at once where it may not, and somebody else is there", async () => {
    const { address, answer, lose } = await startSilent("POST");
    await serve(address, () => new Response("two"), { id: "two" });
    lose();
    const { status, headers } = await answer;
    expect([status, headers.get("x-singyeong-error")]).toEqual([502, "proxy/unreachable"]);
    expect(await (await answer).json()).toEqual({
      error: "the target could not be reached",
      code: "proxy/unreachable",
      extra_info: { message: "its connection broke", client: "api/one" },
    });
  });

  it.each(["GET", "POST"])("is answered where nobody else is there, once it has come back: %s", async (method) => {
    const { answer, lose, back, tell } = await startSilent(method);
    lose();
    back();
    tell();
    expect(await (await answer).text()).toBe("one");
  });

  it("is not sent to the address that its connection came from", async () => {
    const { address, answer, lose } = await startSilent("GET", "--resume-ms", "0");
    lose();
    const { extra_info } = (await (await answer).json()) as { extra_info: unknown };
    expect(extra_info).toEqual({ message: "its connection broke", client: "api/one" });
    expect((await ask(address, "/")).status).toBe(404);
  });
});

it("[PX-10] a client that has stopped serving, and announced no address, is no target", async () => {
  const address = await startServer();
  const { service } = await serve(address, () => new Response("one"));
  await service.stop();
  expect((await ask(address, "/")).status).toBe(404);
});
