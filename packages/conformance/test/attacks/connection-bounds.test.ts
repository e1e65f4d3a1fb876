import { expect, test } from "vitest";
import { eachListener } from "../../src/each-listener.ts";
import { awaitDepartures, freshName, identifiedClient, leave } from "../../src/identified.ts";
import { capableClient, push } from "../../src/queues.ts";
import { askFrom, enter, type Guest, identify, knock } from "./guest.kit.ts";
import { totalOf } from "./process-figures.kit.ts";

const metricsOf = async (server: Parameters<typeof askFrom>[0]): Promise<string> =>
  (await askFrom(server, "/metrics")).text;

async function end(guest: Guest): Promise<void> {
  guest.socket.close();
  await guest.closed;
}

eachListener("connections of the whole server", ["--max-connections", "5"], (server) => {
  test("are bounded: one more is cut, and one that goes makes room", async () => {
    const guests = await Promise.all(Array.from({ length: 5 }, () => enter(server())));
    expect(await knock(server())).toBe(0);
    await end(guests.pop()!);
    // The server may still be letting go of it.
    let next = await knock(server());
    while (typeof next === "number") next = await knock(server());
    await end(next);
    await end(guests.pop()!);
    await expect
      .poll(() =>
        metricsOf(server()).then(
          (text) => totalOf(text, "singyeong_connections_refused_total"),
          () => 0,
        ),
      )
      .toBeGreaterThan(0);
    for (const guest of guests) await end(guest);
  });
});

eachListener("connections that do not identify", ["--max-unidentified", "3"], (server) => {
  test("are bounded: one more is refused with 503, and who identifies makes room", async () => {
    const guests = await Promise.all(Array.from({ length: 3 }, () => enter(server())));
    expect(await knock(server())).toBe(503);
    expect((await identify(guests[0]!, "app", freshName("client"))).op).toBe(2);
    guests.push(await enter(server()));
    expect(await knock(server())).toBe(503);
    // Who is in stays in, and HTTP is not concerned.
    guests[0]!.send({ op: 5, d: null });
    expect((await guests[0]!.next()).op).toBe(6);
    expect(totalOf(await metricsOf(server()), "singyeong_upgrades_refused_total", "maxUnidentified")).toBe(2);
    for (const guest of guests) await end(guest);
  });
});

eachListener("connections of one address", ["--max-connections-per-address", "2"], (server) => {
  test("are bounded: one more is refused with 503, and no other address is concerned", async () => {
    const from = "127.0.8.1";
    const guests = [await enter(server(), { from }), await enter(server(), { from })];
    expect(await knock(server(), { from })).toBe(503);
    guests.push(await enter(server(), { from: "127.0.8.2" }));
    await end(guests.shift()!);
    await awaitDepartures(server());
    guests.push(await enter(server(), { from }));
    expect(await knock(server(), { from })).toBe(503);
    expect(totalOf(await metricsOf(server()), "singyeong_upgrades_refused_total", "PerAddress")).toBe(2);
    for (const guest of guests) await end(guest);
    await awaitDepartures(server());
  });

  test("are counted by who asks where a proxy that is not trusted says otherwise", async () => {
    const from = "127.0.8.3";
    const say = (address: string) => ({ from, headers: { "x-forwarded-for": address } });
    await using one = await enter(server(), say("10.0.0.1"));
    await using two = await enter(server(), say("10.0.0.2"));
    expect(await knock(server(), say("10.0.0.3"))).toBe(503);
    expect([one, two].every(({ socket }) => socket.readyState === socket.OPEN)).toBe(true);
  });
});

eachListener("clients of one application", ["--max-application-clients", "2"], (server) => {
  test("are bounded: one more is op 8, and no other application is concerned", async () => {
    const application = freshName("app");
    const first = await identifiedClient(server(), { application });
    await using second = await identifiedClient(server(), { application });
    await using late = await enter(server());
    const { op, d } = await identify(late, application, freshName("client"));
    expect([op, d.code]).toEqual([8, "limit/connections"]);
    expect(d.extra_info).toEqual({ limit: "maxApplicationClients", max: 2 });
    expect((await late.closed).code).toBe(1000);
    await using stranger = await identifiedClient(server());
    await leave(server(), first);
    await using next = await identifiedClient(server(), { application });
    for (const client of [second, stranger, next]) await client.settle();
  });
});

eachListener("messages that one client holds", ["--max-leases", "3"], (server) => {
  test("are bounded, what it has asked for counted; settling makes room", async () => {
    await using client = await capableClient(server());
    const queue = freshName("queue");
    for (let i = 0; i < 4; i++) await push(client, queue, { target: { application: client.application, ops: [] } });
    client.dispatch("QUEUE_REQUEST", { queue, count: 4 });
    expect((await client.next()).d).toMatchObject({ code: "queue/too-many-requests" });
    client.dispatch("QUEUE_REQUEST", { queue, count: 3 });
    const held = [await client.next(), await client.next(), await client.next()];
    client.dispatch("QUEUE_REQUEST", { queue });
    expect((await client.next()).d).toMatchObject({ code: "queue/too-many-requests" });
    client.dispatch("QUEUE_ACK", { queue, id: held[0]!.d.payload.id });
    client.dispatch("QUEUE_REQUEST", { queue });
    const frames = [await client.next()];
    while (frames.at(-1)!.t !== "QUEUE") frames.push(await client.next());
    expect(frames.filter(({ op }) => op === 3)).toEqual([]);
  });
});
