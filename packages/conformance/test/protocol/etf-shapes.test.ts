import { expect, test } from "vitest";
import { eachListener } from "../../src/each-listener.ts";
import { everyoneIn, greetedClient, identifiedClient, identifyFrame } from "../../src/identified.ts";
import { openClient } from "../../src/raw-client.ts";

// Terms in hexadecimal (Erlang external term format): what a decoder that tells atoms from binaries gets to see.
const length = (size: number, bytes: number): string => size.toString(16).padStart(bytes * 2, "0");
const atom = (name: string): string => `64${length(name.length, 2)}${Buffer.from(name).toString("hex")}`;
const binary = (text: string): string => `6d${length(Buffer.byteLength(text), 4)}${Buffer.from(text).toString("hex")}`;
const map = (...entries: readonly string[]): string => `74${length(entries.length / 2, 4)}${entries.join("")}`;
const integer = (value: number): string => (value < 256 ? `61${length(value, 1)}` : `62${length(value, 4)}`);

/** A frame of the server: four atom keys, `ts` an integer of six bytes that is masked here. */
const frame = (op: number, d: string, t: string): string =>
  `83${map(atom("d"), d, atom("op"), integer(op), atom("t"), t, atom("ts"), "6e0600")}`;
const masked = (bytes: Buffer): string => bytes.subarray(0, -6).toString("hex");

eachListener("etf as v1's clients read it", [], (server) => {
  test("hello has atom keys in the frame and binary ones in d", async () => {
    await using client = await openClient(server(), { encoding: "etf" });
    const { bytes } = await client.nextReceived();
    expect(masked(bytes)).toBe(frame(0, map(binary("heartbeat_interval"), integer(45_000)), atom("nil")));
  });

  test("ready and the ack of a heartbeat have binary keys in d", async () => {
    await using client = await greetedClient(server(), { encoding: "etf" });
    client.send(identifyFrame("shapes", "c"));
    const ready = map(binary("client_id"), binary("c"), binary("restricted"), atom("false"));
    expect(masked((await client.nextReceived()).bytes)).toBe(frame(2, ready, atom("nil")));
    client.send({ op: 5 });
    const ack = map(binary("client_id"), binary("c"));
    expect(masked((await client.nextReceived()).bytes)).toBe(frame(6, ack, atom("nil")));
  });

  test.each(["SEND", "BROADCAST"])(
    "d of %s has atom keys, and everything inside the payload binary ones",
    async (t) => {
      await using client = await identifiedClient(server(), { encoding: "etf" });
      await using sender = await identifiedClient(server());
      const list = `6c${length(1, 4)}${binary("x")}6a`;
      const payload = map(binary("key"), map(binary("inner"), list));
      const d = map(atom("nonce"), binary("n"), atom("payload"), payload, atom("target"), atom("nil"));
      for (const source of [client, sender]) {
        source.dispatch(t, { target: everyoneIn(client.application), nonce: "n", payload: { key: { inner: ["x"] } } });
        expect(masked((await client.nextReceived()).bytes)).toBe(frame(4, d, binary(t)));
      }
    },
  );

  test("d of op 3 and of QUERY_NODES has binary keys, all the way down", async () => {
    await using client = await identifiedClient(server(), { encoding: "etf" });
    client.dispatch("SEND", { target: everyoneIn("nobody"), nonce: "n", payload: 1 });
    const refusal = (await client.nextReceived()).bytes.toString("hex");
    for (const key of ["error", "extra_info", "code", "nonce"]) expect(refusal).toContain(binary(key));
    client.dispatch("QUERY_NODES", everyoneIn(client.application));
    const answer = (await client.nextReceived()).bytes.toString("hex");
    for (const key of ["nodes", "app_id", "client_id", "metadata"]) expect(answer).toContain(binary(key));
    // Four keys of the frame and `nil`, `true`, `false` are all the atoms there are.
    for (const bytes of [refusal, answer]) expect(bytes.match(/6400(0[1-9])/g)).not.toBeNull();
    for (const key of ["error", "nodes", "app_id"]) expect(refusal + answer).not.toContain(atom(key));
  });

  test("lists of small integers arrive as lists, not as text", async () => {
    await using client = await identifiedClient(server(), { encoding: "etf" });
    await using sender = await identifiedClient(server());
    sender.dispatch("SEND", { target: everyoneIn(client.application), payload: [65, 66] });
    const { bytes } = await client.nextReceived();
    expect(bytes.toString("hex")).toContain(`6c${length(2, 4)}${integer(65)}${integer(66)}6a`);
  });
});
