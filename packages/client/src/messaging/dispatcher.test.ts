import { describe, expect, it } from "vitest";
import type { Frame } from "../codec/wire-codec.ts";
import { type Application, defineApplication } from "../contract/application.ts";
import type { Contract } from "../contract/contract.ts";
import type { StandardSchema } from "../contract/standard-schema.ts";
import type { SingyeongError } from "../errors.ts";
import { createDispatcher } from "./dispatcher.ts";
import { type ExchangeStage, stageExchange } from "./exchange.kit.ts";
import type { Message } from "./message.ts";
import { receiveMessage } from "./received-message.ts";
import { requestHeader } from "./reply-address.ts";

interface Stage extends ExchangeStage {
  readonly messages: Message[];
  readonly presences: string[][];
  readonly errors: SingyeongError[];
  dispatch(t: string, d: unknown): void;
  refuse(d: unknown): void;
}

function stage(declared: Application<Contract> | null = null): Stage {
  const exchangeStage = stageExchange();
  exchangeStage.connect();
  const [messages, presences, errors]: [Message[], string[][], SingyeongError[]] = [[], [], []];
  const dispatch = createDispatcher(
    {
      exchange: exchangeStage.exchange,
      answerPrefix: "gateway 5f0c ",
      declared,
      message: (arrival) => void messages.push(receiveMessage(arrival, async () => ({ count: 1 }))),
      presence: (...presence) => void presences.push(presence),
      report: (error) => void errors.push(error),
    },
    Object.create(null),
  );
  const frame = (rest: Frame): Frame => ({ ts: 17, t: null, ...rest });
  return Object.assign(exchangeStage, {
    messages,
    presences,
    errors,
    dispatch: (t: string, d: unknown) => dispatch(frame({ op: 4, t, d })),
    refuse: (d: unknown) => dispatch(frame({ op: 3, d })),
  });
}

const query = { awaits: "answer" } as const;
const noMatch = { code: "route/no-match", error: "no_route" };

describe("a message from another client", () => {
  it("goes to whoever reads messages", () => {
    const { messages, dispatch } = stage();
    dispatch("SEND", { nonce: "n", payload: { a: 1 }, target: null });
    dispatch("BROADCAST", { nonce: null, payload: "all", target: null, headers: { trace: "1" } });
    expect(messages).toMatchObject([
      { event: "SEND", payload: { a: 1 }, nonce: "n", headers: {}, sentAtMs: 17 },
      { event: "BROADCAST", payload: "all", nonce: null, headers: { trace: "1" } },
    ]);
  });

  it("is the answer to a request where it has its nonce, and then goes nowhere else", () => {
    const { messages, post, dispatch } = stage();
    const request = post("request", { awaits: "answer" });
    dispatch("SEND", { nonce: "request", payload: "answer", target: null });
    expect(request.answer).toMatchObject({ payload: "answer", event: "SEND" });
    expect(messages).toEqual([]);
  });

  it("answers nothing that awaits a receipt", () => {
    const { messages, post, dispatch } = stage();
    const sent = post("n");
    dispatch("SEND", { nonce: "n", payload: 1, target: null });
    expect(sent.outcomes).toBe(0);
    expect(messages).toHaveLength(1);
  });

  it("is what the schema of this client's application makes of it", () => {
    const { messages, dispatch } = stage(defineApplication("api", { message: digits }));
    dispatch("SEND", { nonce: null, payload: "17", target: null });
    expect(messages).toMatchObject([{ payload: 17 }]);
  });

  it("is dropped and reported where it does not fit", () => {
    const { messages, errors, dispatch } = stage(defineApplication("api", { message: digits }));
    dispatch("SEND", { nonce: null, payload: 17, target: null });
    expect(messages).toEqual([]);
    expect(errors).toMatchObject([{ code: "client/schema-mismatch" }]);
  });

  it("as an answer is not held to what this client's application takes", () => {
    const { errors, post, dispatch } = stage(defineApplication("api", { message: digits }));
    const request = post("request", { awaits: "answer" });
    dispatch("SEND", { nonce: "request", payload: { any: "thing" }, target: null });
    expect(request.answer).toMatchObject({ payload: { any: "thing" } });
    expect(errors).toEqual([]);
  });
});

describe("a nonce of this client's own inbox", () => {
  const nonce = "gateway 5f0c 1";

  it("is that of an answer: one that nobody waits for any more is dropped", () => {
    const { messages, errors, post, dispatch } = stage(defineApplication("api", { message: digits }));
    const request = post(nonce, { awaits: "answer" });
    for (const payload of ["first", "second"]) dispatch("SEND", { nonce, payload, target: null });
    expect(request.answer).toMatchObject({ payload: "first" });
    expect([request.outcomes, messages, errors]).toEqual([1, [], []]);
  });

  it("is that of a request where it says so, which found its own sender and awaits its answer still", () => {
    const { messages, post, dispatch } = stage();
    const request = post(nonce, { awaits: "answer" });
    dispatch("SEND", { nonce, payload: "question", target: null, headers: { [requestHeader]: "true" } });
    expect(messages).toMatchObject([{ payload: "question", wantsReply: true }]);
    expect(request.outcomes).toBe(0);
    dispatch("SEND", { nonce, payload: "answer", target: null });
    expect(request.answer).toMatchObject({ payload: "answer" });
    expect(messages).toHaveLength(1);
  });

  it("is that of an answer that came too late, whatever became of the request", () => {
    const scene = stage();
    const request = scene.post(nonce, { awaits: "answer", timeoutMs: 10 });
    scene.platform.step(10);
    for (const headers of [undefined, null, "text", {}, { trace: "1" }]) {
      scene.dispatch("SEND", { nonce, payload: "late", target: null, headers });
    }
    expect([request.error?.code, scene.messages]).toEqual(["client/timeout", []]);
  });

  it("is not that of another inbox, whose requests are messages", () => {
    const { messages, dispatch } = stage();
    for (const other of ["gateway 5f0c1 1", "gateway 5f0d 1", "api 5f0c 1"]) dispatch("SEND", { nonce: other });
    expect(messages.map(({ wantsReply }) => wantsReply)).toEqual([true, true, true]);
  });
});

describe("what the server says of a frame", () => {
  it("settles a message with its receipt", () => {
    const { post, dispatch } = stage();
    const sent = post("n");
    dispatch("DISPATCHED", { nonce: "n", count: 3 });
    expect(sent.answer).toMatchObject({ count: 3 });
  });

  it("settles an update of metadata", () => {
    const { post, dispatch } = stage();
    const update = post("n");
    dispatch("METADATA_UPDATED", { nonce: "n" });
    expect(update.outcomes).toBe(1);
  });

  it("settles the query with its nonce", () => {
    const { post, dispatch } = stage();
    const [a, b] = [post("a", query), post("b", query)];
    dispatch("QUERY_NODES", { nodes: [], nonce: "b" });
    expect([a.outcomes, b.answer]).toEqual([0, { nodes: [], nonce: "b" }]);
  });

  it("settles no query where it names none", () => {
    const { post, dispatch } = stage();
    const asked = post("a", query);
    for (const nonce of [undefined, null, 1, "b"]) dispatch("QUERY_NODES", { nodes: [], nonce });
    expect(asked.outcomes).toBe(0);
  });

  it("fails what it refuses by nonce, and reports nothing", () => {
    const { errors, post, refuse } = stage();
    const [sent, asked, unharmed] = [post("a"), post("b", query), post("c")];
    refuse({ ...noMatch, nonce: "a" });
    refuse({ code: "query/invalid", error: "invalid query", nonce: "b" });
    expect([sent.error?.code, asked.error?.code, unharmed.outcomes]).toEqual(["route/no-match", "query/invalid", 0]);
    expect(errors).toEqual([]);
  });

  it("fails no query where it refuses a message that had no nonce", () => {
    const { errors, post, refuse } = stage();
    const asked = post("a", query);
    const refusal = { code: "query/invalid", error: "invalid query" };
    for (const d of [refusal, { ...refusal, nonce: null }]) refuse(d);
    expect([asked.outcomes, errors.map(({ code }) => code)]).toEqual([0, ["query/invalid", "query/invalid"]]);
  });

  it("is reported where nobody waits for the refusal", () => {
    const { errors, refuse } = stage();
    refuse({ ...noMatch, nonce: "gone" });
    refuse({ ...noMatch, nonce: null });
    refuse({ code: "query/invalid", error: "invalid query" });
    refuse({ error: "no_route", extra_info: {} });
    expect(errors.map(({ code }) => code)).toEqual([
      "route/no-match",
      "route/no-match",
      "query/invalid",
      "server/unknown",
    ]);
  });
});

describe("clients that come and go", () => {
  it("are told of by name", () => {
    const { presences, dispatch } = stage();
    dispatch("CLIENT_CONNECTED", { nonce: null, payload: { app: "api", client_id: "1" }, target: null });
    dispatch("CLIENT_DISCONNECTED", { nonce: null, payload: { app: "api", client_id: "1" }, target: null });
    expect(presences).toEqual([
      ["joined", "api", "1"],
      ["left", "api", "1"],
    ]);
  });

  it("are not told of where the server does not name them", () => {
    const { presences, dispatch } = stage();
    for (const payload of [null, "text", {}, { app: "api" }, { app: 1, client_id: "1" }]) {
      dispatch("CLIENT_CONNECTED", { payload });
    }
    expect(presences).toEqual([]);
  });
});

describe("what this client does not know", () => {
  it("is passed over, whatever it is called and whatever is in it", () => {
    const { messages, presences, errors, post, dispatch } = stage();
    const sent = post("n");
    for (const t of ["EVENT", "", "toString", "__proto__", "constructor"]) dispatch(t, { nonce: "n", payload: 1 });
    for (const t of ["DISPATCHED", "METADATA_UPDATED", "QUERY_NODES", "CLIENT_CONNECTED"]) {
      for (const d of [undefined, null, "text", 1, [], {}, { nonce: null }, { nonce: "other" }, { nonce: 1 }]) {
        dispatch(t, d);
      }
    }
    expect([messages, presences, errors]).toEqual([[], [], []]);
    expect(sent.outcomes).toBe(0);
  });
});

/** Text of digits that is read as a number. */
const digits: StandardSchema<string, number> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) =>
      typeof value === "string" ? { value: Number(value) } : { issues: [{ message: "expected digits" }] },
  },
};
