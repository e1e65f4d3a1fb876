import { expect } from "vitest";
import { codecs, type Encoding } from "../codecs/index.ts";
import { ask } from "../http.ts";
import { awaitDepartures } from "../identified.ts";
import { openClient, type RawClient } from "../raw-client.ts";
import type { RunningServer } from "../start-server.ts";
import { expectedFrame, normalize, relabel } from "./expectation.ts";
import { createMessageIds } from "./message-ids.ts";
import { capturedTarget } from "./proxy-target.ts";
import type { HttpStep, Step } from "./transcript.ts";

/** The servers that transcripts were captured from: one that asks for the password `s3cret`, one that asks for none. */
export interface Servers {
  readonly open: RunningServer;
  readonly withPassword: RunningServer;
  /** Host and port of the server that proxied requests are for. */
  readonly target: string;
}

interface Actor {
  readonly client: RawClient;
  id: string;
  isReady: boolean;
  lastSent: Readonly<Record<string, unknown>> | undefined;
}

/** Plays a transcript against running servers and expects of them what it says. */
export async function replay(servers: Servers, scenario: string, steps: readonly Step[], encoding: Encoding) {
  const home = scenario.includes("AUTH server") ? servers.withPassword : servers.open;
  const actors = new Map<string, Actor>();
  const arrived: string[] = [];
  const departed: string[] = [];
  const messageIds = createMessageIds();

  async function actor(who: string): Promise<Actor> {
    const known = actors.get(who);
    if (known !== undefined) return known;
    const created = { client: await openClient(home, { encoding }), id: "", isReady: false, lastSent: undefined };
    actors.set(who, created);
    return created;
  }

  /** Whose coming or going a client update is about. */
  function subjectOf(t: string | null | undefined): string {
    return (t === "CLIENT_DISCONNECTED" ? departed : arrived).at(-1) ?? "";
  }

  async function settleAll(): Promise<void> {
    for (const { client, isReady } of actors.values()) if (isReady) await client.settle();
  }

  async function receive(step: Extract<Step, { dir: "<" }>): Promise<void> {
    const { msg } = step;
    const self = await actor(step.who);
    const { frame, bytes } = await self.client.nextReceived();
    if (typeof msg === "string") return expectSameBytes(bytes, Buffer.from(msg, "base64"));
    if (frame.op === 2) {
      self.isReady = true;
      arrived.push(self.id);
    }
    if (frame.op === 8) self.isReady = false;
    const expected = expectedFrame(msg, encoding, subjectOf(msg.t), self.lastSent as never);
    expect(vague(normalize({ ...messageIds.asCaptured(frame, msg), ts: 0 }))).toEqual(vague(expected));
  }

  async function send(step: Extract<Step, { dir: ">" }>): Promise<void> {
    const self = await actor(step.who);
    if ("raw" in step) {
      const isText = step.kind === "text" || step.raw.startsWith("{");
      return self.client.sendRaw(isText ? step.raw : Buffer.from(step.raw, "base64"));
    }
    const msg = step.msg as Readonly<Record<string, unknown>>;
    self.lastSent = msg;
    if (msg.op === 1) self.id = ((msg.d as { client_id?: string } | undefined)?.client_id ?? "") as string;
    self.client.send(messageIds.asHere(atTarget(msg, servers.target)));
  }

  async function end(step: Extract<Step, { dir: "close" }>): Promise<void> {
    const self = actors.get(step.who);
    if (self === undefined) return;
    actors.delete(step.who);
    departed.push(self.id);
    // 1005 and 1006 are the client's own doing: it has got everything by then and goes.
    if (self.isReady) await self.client.settle();
    if (step.code === 1005) self.client.socket.close();
    if (step.code === 1006) self.client.socket.terminate();
    expect(await self.client.closed).toEqual({ code: step.code, reason: step.reason });
    await awaitDepartures(home);
  }

  async function request(step: HttpStep): Promise<void> {
    await settleAll();
    const [method, path] = step.request.split(" ") as [string, string];
    const isGuarded = step.status === 401 || step.headers.authorization === "s3cret";
    const server = isGuarded ? servers.withPassword : home;
    const answer = await ask(server, method, path, { headers: step.headers, body: step.body });
    expect(answer.status).toBe(step.status);
    if (step.content_type !== undefined) expect(answer.headers.get("content-type")).toBe(step.content_type);
    if (typeof step.response === "string") expect(answer.text).toBe(step.response);
    else expect(byClient(vague(normalize(answer.json)))).toEqual(byClient(vague(relabel(step.response, encoding))));
  }

  try {
    for (const step of steps) {
      if ("error" in step) continue;
      if ("request" in step) await request(step);
      else if ("http_status" in step) {
        const path = "/gateway/websocket?encoding=bogus";
        await expect(openClient(home, { path })).rejects.toThrow(`refused with ${step.http_status}`);
      } else if (!("dir" in step)) await settleAll();
      else if (step.dir === "<") await receive(step);
      else if (step.dir === ">") await send(step);
      else await end(step);
    }
  } finally {
    for (const { client } of actors.values()) await client[Symbol.asyncDispose]();
  }
}

/** The frame of a client that announces the captured target, announcing the one that is there now. */
function atTarget(msg: Readonly<Record<string, unknown>>, target: string): Readonly<Record<string, unknown>> {
  const d = msg.d as { readonly ip?: unknown } | undefined;
  return d?.ip === capturedTarget ? { ...msg, d: { ...d, ip: target } } : msg;
}

/** The order of a client list means nothing. */
function byClient(response: unknown): unknown {
  if (!Array.isArray(response)) return response;
  return response.toSorted((a, b) => (a.client_id < b.client_id ? -1 : 1));
}

/** Versions and the wording of messages, which may change. */
function vague(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(vague);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === "singyeong" || key === "rule" || (key === "message" && "at" in value)) return [key, typeof inner];
      return [key, vague(inner)];
    }),
  );
}

/** The etf hello, to the byte: `ts`, a six-byte integer, is all that may differ, and stands last. */
function expectSameBytes(actual: Buffer, captured: Buffer): void {
  expect(actual.subarray(0, -6).toString("hex")).toBe(captured.subarray(0, -6).toString("hex"));
  expect(codecs.etf.decode(actual)).toMatchObject({ op: 0, d: { heartbeat_interval: 45_000 }, t: null });
}
