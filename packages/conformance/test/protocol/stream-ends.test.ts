import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { eachListener, eachSteppedListener } from "../../src/each-listener.ts";
import { startHeldServer } from "../../src/held-server.ts";
import { everyoneIn } from "../../src/identified.ts";
import type { RawClient } from "../../src/raw-client.ts";
import { listeners } from "../../src/start-server.ts";
import {
  endOf,
  expectAbort,
  newStream,
  openStream,
  provesOpen,
  settleBoth,
  streamer,
  takeDispatch,
} from "../../src/streams.ts";

/** The ways in which a connection may end. */
const endings: readonly (readonly [string, (client: RawClient) => unknown])[] = [
  ["is cut", (client) => client.socket.terminate()],
  ["closes with 1000", (client) => client.close(1000)],
  ["closes with 1001", (client) => client.close(1001)],
  ["closes with 4000", (client) => client.close(4000)],
  ["makes a fatal mistake", (client) => client.send({ op: 99 })],
];

eachListener("how streams end", [], (server) => {
  describe.each(encodings)("in %s", (encoding) => {
    const both = { from: { encoding }, to: { encoding } };

    test("[ST-13] an ABORT of the callee ends it for both at once, and arrives as it was sent", async () => {
      await using at = await newStream(server(), both);
      const abort = { code: "app/신경", message: "말", data: { list: [1, null, -0.5], "": {} }, delivered: false };
      at.callee.abort(abort);
      expect(await at.caller.take("ABORT")).toEqual({ id: 0, ...abort });
      at.callee.data({ payload: "late" });
      at.caller.data({ payload: "late" });
      await settleBoth(at);
    });

    test("[ST-13, ST-16] an ABORT of the caller reaches the callee by its own id; delivered is true where absent", async () => {
      await using at = await newStream(server(), both);
      at.caller.abort({ message: "enough" });
      expect(await at.callee.take("ABORT")).toEqual({
        id: at.callee.id,
        code: "stream/cancelled",
        message: "enough",
        delivered: true,
      });
      await settleBoth(at);
    });

    test("[ST-13] data may be null, and message and delivered may", async () => {
      await using at = await newStream(server(), both);
      at.callee.abort({ code: "c", message: null, data: null, delivered: null });
      expect(await at.caller.take("ABORT")).toEqual({ id: 0, code: "c", message: "", data: null, delivered: true });
    });

    test("[ST-16] a callee that refuses says so with stream/rejected", async () => {
      await using at = await newStream(server(), both);
      at.callee.abort({ code: "stream/rejected", message: "busy", delivered: false });
      expect(await at.caller.take("ABORT")).toMatchObject({ code: "stream/rejected", delivered: false });
    });

    test("[ST-13] codes of 256 bytes are codes", async () => {
      for (const code of ["x".repeat(256), "\u{1f9e0}".repeat(64)]) {
        await using at = await newStream(server(), both);
        at.callee.abort({ code });
        expect((await at.caller.take("ABORT")).code).toBe(code);
      }
    });
  });

  test("[ST-13] it ends half-closed streams as well, from either end", async () => {
    for (const side of ["caller", "callee"] as const) {
      for (const aborter of ["caller", "callee"] as const) {
        await using at = await newStream(server());
        const other = aborter === "caller" ? "callee" : "caller";
        at[side].data({ end: true });
        await at[side === "caller" ? "callee" : "caller"].take("DATA");
        at[aborter].abort({ code: "over" });
        expect(await at[other].take("ABORT")).toMatchObject({ code: "over" });
        await settleBoth(at);
      }
    }
  });

  test("[ST-13] what was sent before an ABORT arrives before it", async () => {
    await using at = await newStream(server());
    for (let i = 0; i < 5; i++) at.callee.data({ payload: i });
    at.callee.abort();
    for (let i = 0; i < 5; i++) expect((await at.caller.take("DATA")).payload).toBe(i);
    await at.caller.take("ABORT");
  });

  describe.each(endings)("a connection that %s", (_name, end) => {
    test("[ST-14] the callee's: the caller hears stream/peer-lost, delivered being true", async () => {
      await using at = await newStream(server());
      await using bystander = await newStream(server());
      const second = await openStream(at.caller.client, at.callee.client, 1, { end: true });
      at.callee.data({ payload: "before" });
      expect((await at.caller.take("DATA")).payload).toBe("before");
      end(at.callee.client);
      const lost = new Map<number, unknown>();
      for (let i = 0; i < 2; i++) {
        const d = await takeDispatch(at.caller.client, "ABORT");
        lost.set(d.id, [d.code, d.delivered]);
      }
      const expected = ["stream/peer-lost", true];
      expect(lost).toEqual(
        new Map([
          [0, expected],
          [second.caller.id, expected],
        ]),
      );
      at.caller.data({ payload: "late" });
      await at.caller.client.settle();
      await provesOpen(bystander);
    });

    test("[ST-14] the caller's: the callee hears stream/cancelled", async () => {
      await using at = await newStream(server());
      await using bystander = await newStream(server());
      at.caller.data({ payload: "before", end: true });
      expect((await at.callee.take("DATA")).payload).toBe("before");
      end(at.caller.client);
      await expectAbort(at.callee, "stream/cancelled", true);
      at.callee.data({ payload: "late", end: true });
      await at.callee.client.settle();
      await provesOpen(bystander);
    });
  });

  test("[ST-14] a client that calls itself and goes leaves nothing behind", async () => {
    const client = await streamer(server());
    await openStream(client, client, 0);
    await client.close();
    await using at = await newStream(server());
    await provesOpen(at);
  });

  test("[ST-14] a stream that is over says nothing when a connection ends", async () => {
    await using at = await newStream(server());
    at.caller.data({ end: true });
    await at.callee.take("DATA");
    at.callee.data({ end: true });
    await at.caller.take("DATA");
    await using other = await openedFrom(at.caller.client);
    await at.callee.client.close();
    await provesOpen(other);
  });

  /** A stream of a client with a new one. */
  async function openedFrom(caller: Parameters<typeof openStream>[0]) {
    const callee = await streamer(server());
    const stream = await openStream(caller, callee, 1);
    return { ...stream, [Symbol.asyncDispose]: () => callee[Symbol.asyncDispose]() };
  }
});

eachSteppedListener("streams and missed heartbeats", { heartbeatIntervalMs: 1000 }, (server) => {
  const surelyMissedMs = 1660;

  test("[ST-14] a callee that is given up for missed heartbeats is a peer that is lost", async () => {
    await using at = await newStream(server());
    server().clock.step(1000);
    await at.caller.client.settle();
    server().clock.step(surelyMissedMs - 1000);
    await expectAbort(at.caller, "stream/peer-lost", true);
  });
});

describe.each(listeners)("streams of a server that stops (%s)", (listener) => {
  test("[C-19] who was told goodbye is called no more; open streams go on until the connection ends", async () => {
    await using server = await startHeldServer(listener);
    await using at = await newStream(server);
    const drained = server.server.drain("stopping");
    expect(await at.caller.client.next()).toMatchObject({ op: 7 });
    expect(await at.callee.client.next()).toMatchObject({ op: 7 });
    await provesOpen(at);
    at.caller.client.dispatch("CALL", { id: 1, target: everyoneIn(at.callee.client.application), method: "m" });
    await expectAbort(endOf(at.caller.client, 1), "route/no-match", false);
    at.callee.data({ payload: "last", end: true });
    expect((await at.caller.take("DATA")).payload).toBe("last");
    await server.stepUntil(drained);
    expect((await at.caller.client.closed).code).toBe(1000);
  });
});
