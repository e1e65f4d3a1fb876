import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fieldsOf, readAdmission, readFailure, readHeartbeatInterval } from "./answers.ts";

const refusal = (d: object) => readFailure({ op: 3, d });

describe("what ready grants", () => {
  it("is read as it is said", () => {
    const admission = readAdmission({
      d: { client_id: "1", restricted: true, caps: ["receipt", "stream"], node: "n1", limits: { max_frame: 4096 } },
    });
    expect(admission).toEqual({
      restricted: true,
      caps: new Set(["receipt", "stream"]),
      node: "n1",
      maxFrameBytes: 4096,
      limits: { max_frame: 4096 },
    });
  });

  it("is little where a server of v1 says nothing of it", () => {
    const admission = readAdmission({ d: { client_id: "1", restricted: false } });
    expect(admission).toEqual({
      restricted: false,
      caps: new Set(),
      node: null,
      maxFrameBytes: Number.POSITIVE_INFINITY,
    });
  });

  it("has no limit on frames where that is no number", () => {
    for (const limits of [null, "text", 4096, {}, { max_frame: null }, { max_frame: "4096" }]) {
      expect(readAdmission({ d: { limits } }).maxFrameBytes).toBe(Number.POSITIVE_INFINITY);
    }
  });

  it("is a session, where it says so, and what became of the one that was asked for", () => {
    const { session } = readAdmission({ d: { session: "s1", limits: { resume_ms: 5000 } } });
    expect(session).toEqual({ id: "s1", resumed: false, received: undefined, graceMs: 5000 });
    const again = readAdmission({ d: { session: "s1", resumed: true, received: 17 } });
    expect(again).toMatchObject({ session: { id: "s1", resumed: true, received: 17, graceMs: 30_000 } });
    expect(again.missed).toBeUndefined();
    expect(readAdmission({ d: { session: "s2", resumed: false, missed: 3 } }).missed).toBe(3);
    expect(readAdmission({ d: { session: "s2", resumed: false, missed: null } }).missed).toBeUndefined();
    for (const nothing of [undefined, null, 17, {}]) {
      expect(readAdmission({ d: { session: nothing, resumed: true } }).session).toBeUndefined();
    }
  });

  it("leaves out what is no capability", () => {
    expect(readAdmission({ d: { caps: ["receipt", 1, null] } }).caps).toEqual(new Set(["receipt"]));
  });
});

describe("a token that is refused", () => {
  it("is said to be, with all reasons", () => {
    const said = (details: unknown) =>
      refusal({ code: "auth/failed", error: "auth: failed: internal error", extra_info: details });
    expect(said(["token expired"])).toMatchObject({
      code: "auth/failed",
      message: "the token was refused: token expired",
      details: ["token expired"],
    });
    expect(said(null).message).toBe("the token was refused");
  });
});

describe("hello", () => {
  it("names the interval of heartbeats, or none that makes sense", () => {
    expect(readHeartbeatInterval({ d: { heartbeat_interval: 45_000 } })).toBe(45_000);
    for (const interval of [0, -1, Number.NaN, "45000", null, undefined]) {
      expect(readHeartbeatInterval({ d: { heartbeat_interval: interval } })).toBeNull();
    }
  });
});

describe("a refusal", () => {
  it("has the server's code, its advice from the table of errors, and what the server said about it", () => {
    const error = refusal({ code: "route/no-match", error: "no_route", extra_info: { frame: 1 } });
    expect(error).toMatchObject({ code: "route/no-match", retry: "later", details: { frame: 1 } });
  });

  it("tells the place and the reason where the server names them", () => {
    const query = { code: "query/invalid", error: "invalid query" };
    expect(refusal({ ...query, extra_info: { at: "/ops/0", message: "no such op" } }).message).toBe(
      "invalid query: /ops/0: no such op",
    );
    expect(refusal({ ...query, extra_info: { message: "no such op" } }).message).toBe("invalid query: no such op");
    expect(refusal({ ...query, extra_info: { at: "/ops/0" } }).message).toBe("invalid query: /ops/0");
    expect(refusal({ ...query, extra_info: { frame: 1, a: "bad", b: "worse" } }).message).toBe(
      "invalid query: bad: worse",
    );
    for (const extra_info of [undefined, null, 17, {}]) {
      expect(refusal({ ...query, extra_info }).message).toBe("invalid query");
    }
  });

  it("of a server without codes is unknown, and worth another connection", () => {
    const error = refusal({ error: "no_route", extra_info: "text" });
    expect(error).toMatchObject({ code: "server/unknown", message: "no_route", retry: "reconnect", details: "text" });
  });

  it("keeps a code that this client does not know, and advises nothing", () => {
    expect(refusal({ code: "topic/full", error: "full" })).toMatchObject({ code: "topic/full", retry: "never" });
    expect(refusal({ code: "constructor", error: "odd" })).toMatchObject({ code: "constructor", retry: "never" });
  });
});

describe("any frame", () => {
  it("can be read, whatever is in it", () => {
    const field = fc.oneof(fc.anything(), fc.constantFrom("receipt", "query/invalid", null));
    const keys = fc.constantFrom(
      "restricted",
      "caps",
      "node",
      "code",
      "error",
      "extra_info",
      "heartbeat_interval",
      "session",
      "resumed",
      "received",
      "missed",
      "limits",
    );
    const d = fc.oneof(fc.anything(), fc.dictionary(keys, field));
    fc.assert(
      fc.property(fc.record({ d }, { requiredKeys: [] }), (frame) => {
        expect(typeof fieldsOf(frame)).toBe("object");
        expect(typeof readAdmission(frame).restricted).toBe("boolean");
        expect(typeof readFailure(frame).message).toBe("string");
        const interval = readHeartbeatInterval(frame);
        expect(interval === null || interval > 0).toBe(true);
      }),
    );
  });
});
