import { expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachListener } from "../../src/each-listener.ts";
import { ask } from "../../src/http.ts";
import { everyoneIn, failure, identifiedClient } from "../../src/identified.ts";

eachListener("heartbeats", ["--heartbeat-interval-ms", "150"], (server) => {
  test.each(encodings)("in %s a silent client is told (op 8) and closed", async (encoding) => {
    await using client = await identifiedClient(server(), { encoding });
    const { frame, code } = await failure(client);
    expect(frame).toMatchObject({ op: 8, d: { error: "missed heartbeats", code: "heartbeat/missed" } });
    expect(code).toBe(1000);
  });

  test("who heartbeats stays while a silent one goes", async () => {
    await using silent = await identifiedClient(server());
    await using lively = await identifiedClient(server());
    let isGone = false;
    const gone = silent.closed.then(() => {
      isGone = true;
    });
    while (!isGone) await lively.settle();
    await gone;
    await lively.settle();
  });

  test("any other frame does not count as a heartbeat", async () => {
    await using client = await identifiedClient(server());
    let frame = { op: 4 } as Awaited<ReturnType<typeof client.next>>;
    while (frame.op === 4) {
      client.dispatch("QUERY_NODES", everyoneIn("nobody"));
      frame = await client.next();
    }
    expect(frame).toMatchObject({ op: 8, d: { code: "heartbeat/missed" } });
  });

  test("a heartbeat shows in the client's metadata", async () => {
    await using client = await identifiedClient(server());
    const read = async (): Promise<number> => {
      const { json } = await ask(server(), "POST", "/api/v1/query", { body: everyoneIn(client.application) });
      return json[0].metadata.last_heartbeat_time;
    };
    const first = await read();
    let last = first;
    while (last === first) {
      await client.settle();
      last = await read();
    }
    expect(last).toBeGreaterThan(first);
  });

  test("a holder that missed its heartbeats makes way for the same id, before its socket is gone", async () => {
    await using holder = await identifiedClient(server());
    expect(await holder.next()).toMatchObject({ op: 8, d: { code: "heartbeat/missed" } });
    await using newcomer = await identifiedClient(server(), { application: holder.application, id: holder.id });
    expect(newcomer.ready).toMatchObject({ client_id: holder.id });
    expect(await holder.closed).toMatchObject({ code: 1000 });
    await newcomer.settle();
  });
});
