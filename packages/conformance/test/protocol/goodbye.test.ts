import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { encodings } from "../../src/codecs/index.ts";
import { ask } from "../../src/http.ts";
import { everyoneIn, identifiedClient } from "../../src/identified.ts";
import { openClient } from "../../src/raw-client.ts";
import { listeners, startServer } from "../../src/start-server.ts";

describe.each(listeners)("a server that is asked to stop (%s)", (listener) => {
  test.concurrent.each(["SIGTERM", "SIGINT"] as const)(
    "says goodbye in every encoding, closes and exits with 0 on %s",
    async (signal) => {
      await using server = await startServer({ listener });
      const clients = await Promise.all(encodings.map((encoding) => identifiedClient(server, { encoding })));
      const stranger = await openClient(server);
      expect(await stranger.next()).toMatchObject({ op: 0 });
      server.signal(signal);
      for (const client of clients) {
        expect(await client.next()).toMatchObject({ op: 7, t: null, d: { reason: expect.any(String) } });
        expect((await client.closed).code).toBe(1000);
      }
      // Between hello and ready nothing is sent but op 8.
      expect(await stranger.next()).toMatchObject({ op: 8, d: { code: "server/draining" } });
      expect((await stranger.closed).code).toBe(1000);
      expect(await server.exited).toEqual({ code: 0, signal: null });
    },
  );

  test.concurrent("deregisters whom it says goodbye to at once, and still handles what they send", async () => {
    // As long as it takes here: this test ends the connections itself.
    const flags = ["--goodbye-ms", "600000", "--drain-timeout-ms", "600000"];
    await using server = await startServer({ listener, flags });
    await using first = await identifiedClient(server);
    await using second = await identifiedClient(server, { identify: { receive_client_updates: true } });
    expect((await second.next()).t).toBe("CLIENT_CONNECTED");
    server.signal("SIGTERM");
    expect(await first.next()).toMatchObject({ op: 7 });
    expect(await second.next()).toMatchObject({ t: "CLIENT_DISCONNECTED", d: { payload: { client_id: first.id } } });
    expect(await second.next()).toMatchObject({ op: 7 });
    first.dispatch("QUERY_NODES", everyoneIn(first.application));
    expect((await first.next()).d).toEqual({ nodes: [] });
    await Promise.all([first.close(), second.close()]);
    expect(await server.exited).toEqual({ code: 0, signal: null });
  });

  test.concurrent("refuses new connections while it finishes what is in flight", async () => {
    await using server = await startServer({ listener });
    await using client = await identifiedClient(server);
    const body = '{"application":"nobody"}';
    const request = connect(server.port, "127.0.0.1");
    const answer = text(request);
    request.write(
      `POST /api/v1/query HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
    );
    // The scrape is one request in flight itself.
    let metrics = "";
    while (!/^singyeong_http_requests_in_flight 2$/m.test(metrics))
      metrics = (await ask(server, "GET", "/metrics")).text;
    server.signal("SIGTERM");
    expect(await client.next()).toMatchObject({ op: 7 });
    await expect(openClient(server)).rejects.toThrow("ECONNREFUSED");
    expect((await client.closed).code).toBe(1000);
    expect(server.isRunning()).toBe(true);
    request.write(body.slice(5));
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(await answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n\[\]$/);
  });

  test.concurrent("exits with 0 once the time for that has run out", async () => {
    await using server = await startServer({ listener, flags: ["--drain-timeout-ms", "50"] });
    await using client = await identifiedClient(server);
    const request = connect(server.port, "127.0.0.1").on("error", () => {});
    request.write("POST /api/v1/query HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{");
    let metrics = "";
    while (!/^singyeong_http_requests_in_flight 2$/m.test(metrics))
      metrics = (await ask(server, "GET", "/metrics")).text;
    server.signal("SIGTERM");
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect([1000, 1006]).toContain((await client.closed).code);
    request.destroy();
  });
});

describe("a server that cannot start", () => {
  test("exits with 2 and names every wrong setting", async () => {
    const flags = ["--max-depth", "many", "--nope", "1"];
    await expect(startServer({ listener: "node", flags })).rejects.toThrow(
      /exited with 2[\s\S]*--nope[\s\S]*--max-depth/,
    );
  });

  test.each(listeners)("exits with 1 where its port is taken (%s)", async (listener) => {
    await using server = await startServer({ listener });
    const flags = ["--port", String(server.port)];
    await expect(startServer({ listener, flags })).rejects.toThrow("exited with 1");
  });
});
