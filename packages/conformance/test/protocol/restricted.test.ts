import { describe, expect, test } from "vitest";
import { eachListener } from "../../src/each-listener.ts";
import { ask } from "../../src/http.ts";
import {
  everyoneIn,
  failure,
  greetedClient,
  type IdentifiedClient,
  identifiedClient,
  identifyFrame,
} from "../../src/identified.ts";

const auth = "s3cret";
const authorized = { headers: { authorization: auth } };

eachListener("restricted mode", ["--auth", auth], (server) => {
  const trusted = (): Promise<IdentifiedClient> => identifiedClient(server(), { identify: { auth } });

  test.each([
    ["no password", {}],
    ["null", { auth: null }],
    ["an empty password", { auth: "" }],
    ["a wrong password", { auth: "S3cret" }],
    ["a longer password", { auth: "s3cret " }],
  ])("%s restricts", async (_name, identify) => {
    await using client = await identifiedClient(server(), { identify });
    expect(client.ready).toEqual({ client_id: client.id, restricted: true });
  });

  test("the password lifts it", async () => {
    await using client = await trusted();
    expect(client.ready).toMatchObject({ restricted: false });
  });

  describe.each(["json", "msgpack"] as const)("in %s", (encoding) => {
    test.each(["SEND", "BROADCAST", "QUERY_NODES", "QUEUE", "NOPE"])(
      "%s is op 3, and the connection lives",
      async (t) => {
        await using client = await identifiedClient(server(), { encoding });
        client.dispatch(t, { target: {}, payload: 1, nonce: "n" });
        expect((await client.next()).d).toEqual({
          error: `invalid dispatch type ${t} (are you restricted?)`,
          code: "dispatch/restricted",
          extra_info: null,
          ...(t !== "QUERY_NODES" && { nonce: "n" }),
        });
        await client.settle();
      },
    );

    test("it may heartbeat and update its metadata", async () => {
      await using client = await identifiedClient(server(), { encoding });
      client.dispatch("UPDATE_METADATA", { x: { type: "string", value: "y" } });
      await client.settle();
      const body = everyoneIn(client.application, { restricted: true });
      const { json } = await ask(server(), "POST", "/api/v1/query", { ...authorized, body });
      expect(json).toMatchObject([{ client_id: client.id, socket_ip: null, metadata: { x: "y", restricted: true } }]);
    });

    test("it gets messages only from queries that say so", async () => {
      await using client = await identifiedClient(server(), { encoding });
      await using sender = await trusted();
      for (const t of ["SEND", "BROADCAST"]) {
        sender.dispatch(t, { target: everyoneIn(client.application), payload: 1 });
        expect((await sender.next()).d).toMatchObject({ error: "no_route" });
        sender.dispatch(t, { target: everyoneIn(client.application, { optional: true }), payload: 1 });
        expect((await sender.next()).d).toMatchObject({ error: "no_route" });
        for (const restricted of [true, "true"]) {
          sender.dispatch(t, { target: everyoneIn(client.application, { restricted }), payload: t });
          expect(await client.next()).toMatchObject({ op: 4, t, d: { payload: t } });
        }
      }
      await client.settle();
    });
  });

  test("it may not send etf: op 8", async () => {
    await using client = await greetedClient(server(), { encoding: "etf" });
    client.send(identifyFrame("app", "etf-client"));
    const { frame, code } = await failure(client);
    expect(frame).toMatchObject({ op: 8, d: { code: "identify/etf-restricted" } });
    expect(code).toBe(1000);
  });

  test("etf is for those with the password", async () => {
    await using client = await identifiedClient(server(), { encoding: "etf", identify: { auth } });
    expect(client.ready).toMatchObject({ restricted: false });
  });

  test("ip is ignored: a restricted client is no proxy target", async () => {
    await using client = await identifiedClient(server(), { identify: { ip: "10.0.0.1:80" } });
    const body = everyoneIn(client.application, { restricted: true });
    const { json } = await ask(server(), "POST", "/api/v1/query", { ...authorized, body });
    expect(json).toMatchObject([{ socket_ip: null, metadata: { ip: null } }]);
  });

  test("it never gets client updates", async () => {
    await using client = await identifiedClient(server(), { identify: { receive_client_updates: true } });
    const other = await trusted();
    await other.close();
    await client.settle();
  });

  test("its tags do not register its application for discovery", async () => {
    await using client = await identifiedClient(server(), { identify: { tags: ["only-restricted"] } });
    const { json } = await ask(server(), "GET", '/api/v1/discovery/tags?q=["only-restricted"]', authorized);
    expect(json).toEqual({ status: "ok", result: [] });
    await client.settle();
  });

  test("an unrestricted newcomer evicts a restricted holder of its id", async () => {
    await using holder = await identifiedClient(server());
    const { application, id } = holder;
    await using newcomer = await identifiedClient(server(), { application, id, identify: { auth } });
    expect(newcomer.ready).toEqual({ client_id: id, restricted: false });
    const { frame, code } = await failure(holder);
    expect(frame).toMatchObject({ op: 8, d: { code: "identify/duplicate" } });
    expect(code).toBe(1000);
    await newcomer.settle();
    const { json } = await ask(server(), "POST", "/api/v1/query", { ...authorized, body: everyoneIn(application) });
    expect(json).toMatchObject([{ client_id: id, metadata: { restricted: false } }]);
  });

  test.each([
    ["a restricted newcomer does not evict a restricted holder", {}, {}],
    ["nor an unrestricted one", { auth }, {}],
    ["an unrestricted newcomer does not evict an unrestricted holder", { auth }, { auth }],
  ])("%s", async (_name, first, second) => {
    await using holder = await identifiedClient(server(), { identify: first });
    await using newcomer = await greetedClient(server());
    newcomer.send(identifyFrame(holder.application, holder.id, second));
    expect((await failure(newcomer)).frame.d).toMatchObject({ code: "identify/duplicate" });
    await holder.settle();
  });
});
