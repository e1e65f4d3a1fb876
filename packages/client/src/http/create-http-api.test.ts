import { describe, expect, it } from "vitest";
import { createHttpApi } from "./create-http-api.ts";
import { startStandIn } from "./stand-in.kit.ts";

/** An API whose server gives one answer. */
const answering = (status: number, body: string) =>
  createHttpApi({ fetch: async () => new Response(body, { status }), auth: "pw" });

describe("a failure that the server gives no code for", () => {
  it.each<[string, number, string, object]>([
    [
      "an error page",
      502,
      "<h1>Bad Gateway</h1>",
      { code: "client/http", details: { status: 502, body: "<h1>Bad Gateway</h1>" } },
    ],
    ["JSON of someone else", 500, '{"code":17}', { code: "client/http", details: { status: 500, body: { code: 17 } } }],
    ["v1's 404", 404, '{"code":404,"error":"not found"}', { code: "http/not-found" }],
    ["v1's 401", 401, "", { code: "http/unauthorized", message: "the server does not accept this password" }],
    ["a success that is no JSON", 200, "<html>", { code: "client/protocol" }],
    ["a success of another shape", 200, "{}", { code: "client/protocol" }],
    ["a list of something else", 200, "[1]", { code: "client/protocol" }],
  ])("is %s", async (_, status, body, error) => {
    await expect(answering(status, body).query("api")).rejects.toMatchObject(error);
  });

  it("is an answer of another shape, to every call", async () => {
    const { explain, discover, version } = answering(200, "[]");
    const codes = await Promise.all(
      [explain("api"), discover([]), version()].map((call) => call.catch((error) => error.code)),
    );
    expect(codes).toEqual(["client/protocol", "client/protocol", "client/protocol"]);
  });
});

describe("a secret that is refused", () => {
  const challenge = 'Bearer error="invalid_token", error_description="token expired; wrong audience"';

  it.each([
    ["pw", "", "the server does not accept this password", undefined],
    ["a.b_-.c", "", "the server does not accept this token", undefined],
    [
      "a.b.c",
      challenge,
      "the server does not accept this token: token expired: wrong audience",
      ["token expired", "wrong audience"],
    ],
    ["pw", challenge, "the server does not accept this password: token expired: wrong audience", expect.any(Array)],
    [undefined, "", "the server asks for a password", undefined],
  ])("%j is called what it is, and why is told: %j", async (auth, header, message, details) => {
    const fetch = async () =>
      new Response("{}", { status: 401, headers: header ? { "www-authenticate": header } : {} });
    const call = createHttpApi({ fetch, auth }).query("api");
    await expect(call).rejects.toMatchObject({ code: "http/unauthorized", message, details });
  });
});

describe("a call without an answer", () => {
  it("rejects with client/unreachable where nobody listens", async () => {
    const server = await startStandIn(() => {});
    await server[Symbol.asyncDispose]();
    await expect(createHttpApi({ server: server.address }).version()).rejects.toMatchObject({
      code: "client/unreachable",
      message: `no server answers at ${server.address}: ECONNREFUSED`,
      retry: "later",
    });
  });

  it("rejects with client/unreachable where the answer breaks off", async () => {
    await using server = await startStandIn((_request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("{");
      response.destroy();
    });
    const call = createHttpApi({ server: server.address }).version();
    await expect(call).rejects.toMatchObject({ code: "client/unreachable" });
  });

  it("rejects with client/timeout after timeoutMs, also within an answer", async () => {
    await using silent = await startStandIn(() => {});
    await using slow = await startStandIn((_request, response) => response.writeHead(200).write("{"));
    for (const { address } of [silent, slow]) {
      const call = createHttpApi({ server: address }).version({ timeoutMs: 20 });
      await expect(call).rejects.toMatchObject({ code: "client/timeout", message: "no answer within 20 ms" });
    }
  });

  it("rejects with client/aborted, before and under way", async () => {
    const controller = new AbortController();
    await using server = await startStandIn(() => controller.abort());
    const { version } = createHttpApi({ server: server.address });
    for (let i = 0; i < 2; i++) {
      await expect(version({ signal: controller.signal })).rejects.toMatchObject({ code: "client/aborted" });
    }
  });

  it.each([-1, Number.NaN])("rejects with client/invalid-value for timeoutMs %s", async (timeoutMs) => {
    await expect(answering(200, "{}").version({ timeoutMs })).rejects.toMatchObject({ code: "client/invalid-value" });
  });

  it("may wait for as long as it takes", async () => {
    const version = { singyeong: "1", api: "v1" };
    const { version: call } = answering(200, JSON.stringify(version));
    expect(await call({ timeoutMs: Number.POSITIVE_INFINITY })).toEqual(version);
  });
});

it("rejects with client/invalid-value for a limit that is none, and what cannot be sent", async () => {
  const { explain, query } = answering(200, "{}");
  await expect(explain("api", { limit: 1.5 })).rejects.toMatchObject({ code: "client/invalid-value" });
  const ops = [{ path: "/id", op: "$eq", to: { value: 2 ** 60 } }] as const;
  await expect(query({ ops })).rejects.toMatchObject({
    code: "client/invalid-value",
    details: { at: "/ops/0/to/value" },
  });
});

it("throws client/invalid-options for a server that is none", () => {
  expect(() => createHttpApi({ server: "ftp://h" })).toThrow(
    expect.objectContaining({ code: "client/invalid-options" }),
  );
});

const explanation = { considered: 1, matched: 0, choices: 0, chosen: [], fallback: false, truncated: false };
const candidate = { app_id: "a", client_id: "b", matched: false };
const op = { at: "/ops/0", op: "$eq", outcome: "false", message: "no" };

it.each([
  { ...explanation, candidates: [], considered: "2\u001b]0;x\u0007" },
  { ...explanation, candidates: [], fallback: 1 },
  { ...explanation, candidates: [candidate] },
  { ...explanation, candidates: [{ ...candidate, ops: [{ ...op, outcome: "perhaps" }] }] },
  { ...explanation, candidates: [{ ...candidate, ops: [{ ...op, message: 1 }] }] },
  { ...explanation, candidates: [{ ...candidate, app_id: 1, ops: [] }] },
])("refuses what is no explanation: %j", async (answer) => {
  const { explain } = answering(200, JSON.stringify(answer));
  await expect(explain("api")).rejects.toMatchObject({ code: "client/protocol" });
});

it("takes an explanation as it is", async () => {
  const { explain } = answering(200, JSON.stringify({ ...explanation, candidates: [{ ...candidate, ops: [op] }] }));
  expect((await explain("api")).candidates).toEqual([{ app: "a", id: "b", matched: false, ops: [op] }]);
});
