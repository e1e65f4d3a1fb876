import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Status } from "@singyeong/client";
import { startServer, type TestServer } from "@singyeong/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSg, type Sg } from "./sg.kit.ts";

let server: TestServer;
let sg: Sg;

beforeAll(async () => {
  server = await startServer();
  sg = createSg(`127.0.0.1:${server.port}`);
});
afterAll(async () => {
  sg[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

/** The applications of whoever comes, or goes, as a client is told. */
async function* whoever(type: "joined" | "left", statuses: AsyncIterable<Status>) {
  for await (const status of statuses) if (status.type === type) yield status.app;
}

describe("sg send", () => {
  it("reaches the client that matches, with every digit, and sg watch shows it", async () => {
    await using watch = sg.start(["watch", "--meta", "region=eu", "--meta", "latency=12", "--json"]);
    const { id } = await server.awaitClient({ app: "sg-watch" });
    const sent = await sg.run(["send", "sg-watch", "latency<=100 && region=eu", '{"id":12345678901234567890}']);
    expect(sent).toEqual({ code: 0, stdout: "✓ sent to 1 client\n", stderr: "" });
    const line = await watch.line();
    expect(line).toContain('"payload":{"id":12345678901234567890}');
    expect(JSON.parse(line!)).toMatchObject({ event: "SEND", headers: {}, wantsReply: false });
    expect(id).not.toBe("");
    expect(await watch.interrupt()).toBe(0);
  });

  it("ends with 5 where nobody matches, and says what to do", async () => {
    const ran = await sg.run(["send", "nobody", "1"]);
    expect(ran).toMatchObject({ code: 5, stdout: "" });
    expect(ran.stderr).toContain("no client matches");
    expect(ran.stderr).toContain("sg explain");
  });

  it("sends a message per line, in their order", async () => {
    await using receiver = await server.connect({ app: "lines" });
    const messages = receiver.messages();
    const stdin = Array.from({ length: 1000 }, (_, i) => `${i}\n`).join("");
    const ran = await sg.run(["send", "lines", "-", "--json"], { stdin });
    expect(ran.stderr).toBe("");
    expect(JSON.parse(ran.stdout)).toEqual({ event: "SEND", sent: 1000, failed: 0, recipients: 1000 });
    const got: unknown[] = [];
    for await (const { payload } of messages) if (got.push(payload) === 1000) break;
    expect(got).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  });

  it("stops at the first line that fails, or goes on where it is told to", async () => {
    await using _receiver = await server.connect({ app: "faulty" });
    expect(await sg.run(["send", "faulty"], { stdin: "" })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("standard input was empty"),
    });
    expect(await sg.run(["send", "faulty", "-"], { stdin: "" })).toMatchObject({ code: 0 });
    const stdin = "1\nnot json\n3\n";
    const stopped = await sg.run(["send", "faulty", "-"], { stdin });
    expect(stopped).toMatchObject({ code: 2, stdout: "" });
    expect(stopped.stderr).toContain("line 2 of standard input is no JSON");
    expect(stopped.stderr).toContain("1 message went out before it");
    const all = await sg.run(["send", "faulty", "-", "--keep-going"], { stdin });
    expect(all).toMatchObject({ code: 2, stdout: "2 messages sent to 2 clients; 1 failed\n" });
    const json = await sg.run(["send", "faulty", "-", "--keep-going", "--json"], { stdin });
    expect(JSON.parse(json.stdout)).toEqual({ event: "SEND", sent: 2, failed: 1, recipients: 2 });
    expect(JSON.parse(json.stderr)).toMatchObject({
      error: { code: "cli/misuse", place: "line 2 of standard input", exitCode: 2 },
    });
  });

  it("sends text, files and what is piped in", async () => {
    await using receiver = await server.connect({ app: "forms" });
    const messages = receiver.messages();
    const file = join(sg.home, "document.json");
    writeFileSync(file, '{\n  "a": 1\n}\n');
    await sg.run(["send", "forms", "--text", "region=eu"]);
    await sg.run(["send", "forms", `@${file}`]);
    await sg.run(["send", "forms"], { stdin: "[1]\n" });
    await sg.run(["send", "--query", '{"application":"forms"}', "4", "-H", "trace: 7"]);
    const got = [];
    for await (const { payload, headers } of messages) if (got.push([payload, headers]) === 4) break;
    expect(got).toEqual([
      ["region=eu", {}],
      [{ a: 1 }, {}],
      [[1], {}],
      [4, { trace: "7" }],
    ]);
  });

  it("waits for the answer", async () => {
    await using watch = sg.start(["watch", "adder", "--reply", '{"sum":12345678901234567890}', "-n", "1"]);
    await server.awaitClient({ app: "adder" });
    const ran = await sg.run(["send", "adder", "[1,2]", "--reply"]);
    expect(ran).toEqual({ code: 0, stdout: '{"sum":12345678901234567890}\n', stderr: "" });
    expect(await watch.line()).toContain("[1,2]  wants a reply");
    expect(await watch.ended).toBe(0);
  });

  it("ends with 6 where no answer comes", async () => {
    await using _silent = await server.connect({ app: "silent" });
    expect(await sg.run(["send", "silent", "1", "--reply", "--timeout", "50ms"])).toMatchObject({ code: 6 });
  });

  it("ends with 3 where the server goes away and stays away", async () => {
    await using own = await startServer();
    await using _receiver = await own.connect({ app: "away" });
    await using sending = sg.start(["send", "away", "-", "-s", `127.0.0.1:${own.port}`, "--timeout", "300ms"], "pipe");
    sending.child.stdin!.on("error", () => {});
    sending.child.stdin!.write("1\n");
    await own.nextDelivery({ app: "away" });
    await own.kill();
    sending.child.stdin!.write("2\n");
    expect(await sending.ended).toBe(3);
  });

  it("prints what it would send, and sends nothing", async () => {
    const ran = await sg.run(["send", "api", "a.b=1", "--key", "k", "[1]", "--dry-run"]);
    const target = { application: "api", ops: [{ path: "/a/b", op: "$eq", to: { value: 1 } }], key: "k" };
    expect(JSON.parse(ran.stdout)).toEqual({ event: "SEND", target, payload: [1] });
  });

  it("connects as the application that the address names, else as sg", async () => {
    await using receiver = await server.connect({ app: "host", presence: true });
    const joined = whoever("joined", receiver.status());
    const place = `127.0.0.1:${server.port}`;
    for (const [address, app] of [
      [place, "sg"],
      [`singyeong://${place}`, "sg"],
      [`from@${place}`, "from"],
      [`http://o%74her@${place}`, "other"],
    ] as const) {
      expect(await sg.run(["send", "host", "1", "--server", address])).toMatchObject({ code: 0 });
      expect((await joined.next()).value).toBe(app);
    }
  });

  it("speaks MessagePack where it is told to", async () => {
    await using receiver = await server.connect({ app: "packed" });
    const messages = receiver.messages();
    expect(await sg.run(["send", "packed", "1234567890123456789", "--encoding", "msgpack"])).toMatchObject({ code: 0 });
    expect((await messages.next()).value?.payload).toBe(1234567890123456789n);
  });
});

describe("sg broadcast", () => {
  it("reaches all clients that match", async () => {
    await using one = await server.connect({ app: "crowd" });
    await using other = await server.connect({ app: "crowd" });
    const streams = [one.messages(), other.messages()];
    const ran = await sg.run(["broadcast", "crowd", '"hi"', "--json"]);
    expect(JSON.parse(ran.stdout)).toEqual({ event: "BROADCAST", sent: 1, failed: 0, recipients: 2 });
    for (const stream of streams)
      expect((await stream.next()).value).toMatchObject({ event: "BROADCAST", payload: "hi" });
  });
});

describe("sg watch", () => {
  it("shows messages on lines that no terminal obeys, and who comes and goes", async () => {
    await using watch = sg.start(["watch", "--id", "w", "--presence"]);
    await server.awaitClient({ app: "sg-watch", id: "w" });
    await watch.said("Try in another terminal");
    const sender = await server.connect({ app: "sender", id: "s\u009b1m" });
    expect(await watch.line()).toBe("+ joined  sender s\\u009b1m");
    await sender.send("sg-watch", "a\u001b[2J\u202e");
    expect(await watch.line()).toMatch(/^\d\d:\d\d:\d\d\.\d\d\d {2}SEND {7}"a\\u001b\[2J\\u202e" {2}nonce /);
    await sender.close();
    expect(await watch.line()).toBe("- left    sender s\\u009b1m");
    expect(await watch.interrupt()).toBe(0);
  });

  it.each([[], ["--json"]])("goes on when a requester is gone before its answer %j", async (...json) => {
    const app = `echo-${json.length}`;
    await using watch = sg.start(["watch", app, "--echo", "-n", "2", ...json]);
    await server.awaitClient({ app });
    await using observer = await server.connect({ app: "observer", presence: true });
    const left = whoever("left", observer.status());
    // The request waits in the socket of a process that stands still, until who sent it has left.
    watch.child.kill("SIGSTOP");
    const asker = await server.connect({ app: "asker" });
    const answer = asker.request(app, 1);
    answer.catch(() => {});
    await server.nextDelivery({ app });
    await asker.close();
    for await (const app of left) if (app === "asker") break;
    watch.child.kill("SIGCONT");
    const message = "A request was not answered: who asked is gone.";
    await watch.said(message);
    const { payload } = await observer.request(app, 2);
    expect(payload).toBe(2);
    expect(await watch.ended).toBe(0);
    if (json.length > 0)
      expect(JSON.parse(watch.stderr)).toEqual({ status: { type: "unanswered", code: "route/no-match", message } });
  });

  it("comes back when the server does", async () => {
    await using own = await startServer();
    await using watch = sg.start(["watch", "-s", `127.0.0.1:${own.port}`, "--meta", "a=1"]);
    await watch.said("Connected to");
    await own.restart();
    await own.awaitClient({ app: "sg-watch" });
    await watch.said("Connected again");
    const sender = await own.connect();
    await sender.send({ application: "sg-watch", ops: [{ path: "/a", op: "$eq", to: { value: 1 } }] }, "back");
    expect(await watch.line()).toContain('"back"');
  });
});
