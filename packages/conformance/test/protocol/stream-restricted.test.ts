import { describe, expect, test } from "vitest";
import { eachListener } from "../../src/each-listener.ts";
import { everyoneIn, type IdentifiedClient } from "../../src/identified.ts";
import { refusal } from "../../src/queues.ts";
import { endOf, expectAbort, openStream, provesOpen, streamer, takeDispatch } from "../../src/streams.ts";

const auth = "s3cret";

eachListener("streams of restricted clients", ["--auth", auth], (server) => {
  const trusted = (): Promise<IdentifiedClient> => streamer(server(), { identify: { auth } });

  // Restricted clients may not use etf ([N-14]).
  describe.each(["json", "msgpack"] as const)("in %s", (encoding) => {
    const restricted = (): Promise<IdentifiedClient> => streamer(server(), { encoding });

    test("[ST-18] may not call a target, also none that would match nobody, and nobody hears of it", async () => {
      await using client = await restricted();
      await using callee = await trusted();
      expect(client.ready).toMatchObject({ restricted: true, caps: ["receipt", "stream"] });
      for (const target of [everyoneIn(callee.application), everyoneIn("nobody"), {}]) {
        client.send({ op: 4, t: "CALL", nonce: "n", d: { id: 0, target, method: "m", wait_ms: 1000 } });
        expect(await client.next()).toMatchObject(refusal("dispatch/restricted", { nonce: "n" }));
      }
      await client.settle();
      await callee.settle();
    });

    test("[ST-18] is called by a query that says restricted: true alone, answers, sends and aborts", async () => {
      await using client = await restricted();
      await using caller = await trusted();
      caller.dispatch("CALL", { id: 0, target: everyoneIn(client.application), method: "m" });
      await expectAbort(endOf(caller, 0), "route/no-match", false);
      const target = everyoneIn(client.application, { restricted: true });
      const stream = await openStream(caller, client, 0, { target });
      await provesOpen(stream);
      stream.callee.data({ payload: "answer", end: true });
      expect(await stream.caller.take("DATA")).toMatchObject({ payload: "answer", end: true });
      stream.caller.abort();
      await stream.callee.take("ABORT");
      const second = await openStream(caller, client, 0, { target });
      second.callee.abort({ code: "stream/rejected", delivered: false });
      expect(await second.caller.take("ABORT")).toMatchObject({ code: "stream/rejected" });
    });

    test("[ST-18] calls back by via, and by nothing else", async () => {
      await using client = await restricted();
      await using caller = await trusted();
      const stream = await openStream(caller, client, 0, {
        target: everyoneIn(client.application, { restricted: true }),
      });
      client.dispatch("CALL", { id: 0, via: stream.callee.id, method: "back", payload: 1 });
      const call = await takeDispatch(caller, "CALL");
      expect(call).toMatchObject({ via: 0, from: { app: client.application, client_id: client.id } });
      await provesOpen({ caller: endOf(client, 0), callee: endOf(caller, call.id) });
      client.dispatch("CALL", { id: 1, via: 5, method: "back" });
      await expectAbort(endOf(client, 1), "route/no-match", false);
      client.dispatch("CALL", { id: 1, target: everyoneIn(caller.application), method: "back" });
      expect(await client.next()).toMatchObject(refusal("dispatch/restricted"));
      await provesOpen(stream);
    });
  });

  test("[ST-2, ST-18] it is no candidate otherwise, though it has the extension", async () => {
    await using client = await streamer(server());
    await using caller = await trusted();
    await using callee = await streamer(server(), { application: client.application, identify: { auth } });
    for (let id = 0; id < 10; id++) await openStream(caller, callee, id);
    await client.settle();
  });
});
