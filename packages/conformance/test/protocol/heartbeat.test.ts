import { expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachSteppedListener } from "../../src/each-listener.ts";
import { ask } from "../../src/http.ts";
import { everyoneIn, identifiedClient } from "../../src/identified.ts";

const missed = { op: 8, d: { error: "missed heartbeats", code: "heartbeat/missed" } };

/** With an interval of 1000 a heartbeat may be 1500 old, and 150 more for the looks that are taken at it ([C-12]). */
const lastMomentMs = 1500;
const surelyMissedMs = 1660;
/** From op 8 to the close ([C-13]). */
const surelyClosedMs = 250;

eachSteppedListener("heartbeats", { heartbeatIntervalMs: 1000 }, (server) => {
  test.each(encodings)("in %s a silent client is told (op 8) and closed", async (encoding) => {
    await using client = await identifiedClient(server(), { encoding });
    server().clock.step(lastMomentMs);
    expect(server().clients()).toMatchObject([{ id: client.id }]);
    server().clock.step(surelyMissedMs - lastMomentMs);
    expect(await client.next()).toMatchObject(missed);
    server().clock.step(surelyClosedMs);
    expect((await client.closed).code).toBe(1000);
  });

  test("who heartbeats stays while a silent one goes", async () => {
    await using silent = await identifiedClient(server());
    await using lively = await identifiedClient(server());
    server().clock.step(1000);
    await lively.settle();
    server().clock.step(surelyMissedMs - 1000);
    expect(await silent.next()).toMatchObject(missed);
    await lively.settle();
  });

  test("any other frame does not count as a heartbeat", async () => {
    await using client = await identifiedClient(server());
    server().clock.step(1000);
    client.dispatch("QUERY_NODES", everyoneIn("nobody"));
    expect(await client.next()).toMatchObject({ op: 4 });
    server().clock.step(surelyMissedMs - 1000);
    expect(await client.next()).toMatchObject(missed);
  });

  test("a heartbeat shows in the client's metadata", async () => {
    await using client = await identifiedClient(server());
    const read = async (): Promise<number> => {
      const { json } = await ask(server(), "POST", "/api/v1/query", { body: everyoneIn(client.application) });
      return json[0].metadata.last_heartbeat_time;
    };
    const first = await read();
    server().clock.step(7);
    expect(await read()).toBe(first);
    await client.settle();
    expect(await read()).toBe(first + 7);
  });

  test("a holder that missed its heartbeats makes way for the same id, before its socket is gone", async () => {
    await using holder = await identifiedClient(server());
    server().clock.step(surelyMissedMs);
    expect(await holder.next()).toMatchObject(missed);
    await using newcomer = await identifiedClient(server(), { application: holder.application, id: holder.id });
    expect(newcomer.ready).toMatchObject({ client_id: holder.id });
    server().clock.step(surelyClosedMs);
    expect(await holder.closed).toMatchObject({ code: 1000 });
    await newcomer.settle();
  });

  test("a holder that is about to be found out makes way too", async () => {
    await using holder = await identifiedClient(server());
    server().clock.step(lastMomentMs + 1);
    await using newcomer = await identifiedClient(server(), { application: holder.application, id: holder.id });
    expect(newcomer.ready).toMatchObject({ client_id: holder.id });
    expect(await holder.next()).toMatchObject(missed);
  });
});
