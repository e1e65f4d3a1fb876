import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Credentials, Verdict } from "../../ports/authenticator.ts";
import type { Logger } from "../../ports/logger.ts";
import { createSteppedClock } from "../clock-stepped/clock-stepped.ts";
import { createPasswordAuthenticator, type PasswordOptions } from "./auth-password.ts";

const folder = mkdtempSync(join(tmpdir(), "singyeong-passwords-"));
afterAll(() => rmSync(folder, { recursive: true }));

const clock = createSteppedClock(0);
const logged: string[] = [];
const log = (_fields: object, message: string): void => void logged.push(message);
const logger: Logger = { debug: log, info: log, warn: log, error: log };

function create(options: Partial<PasswordOptions> = {}) {
  const all = { passwords: [], file: "", accounts: [], isRequired: false, ...options };
  const authenticator = createPasswordAuthenticator(all, { clock, logger });
  return (secret: string | null, over: Credentials["over"] = "socket") => {
    const verdict = authenticator.judge({ secret, over, peer: "127.0.0.1", client: null }) as Verdict;
    if (!verdict.ok) throw new Error(verdict.code);
    const { restricted, subject } = verdict.grant;
    return `${restricted ? "restricted" : (subject ?? "full")}${verdict.isWrong ? ", wrong" : ""}`;
  };
}

describe("with a password set", () => {
  const judge = create({ passwords: ["s3cret", ""] });
  it("trusts who knows it and restricts everyone else", () => {
    expect([judge("s3cret"), judge("wrong"), judge("s3cret "), judge(null)]).toEqual([
      "full",
      "restricted, wrong",
      "restricted, wrong",
      "restricted",
    ]);
  });
  it("says the same of callers over HTTP", () => {
    expect([judge("s3cret", "http"), judge("nope", "http"), judge(null, "http")]).toEqual([
      "full",
      "restricted, wrong",
      "restricted",
    ]);
  });
});

describe("with none set", () => {
  it("trusts clients, but restricts one that sends a password, which is no guess", () => {
    const judge = create({ passwords: [""] });
    expect([judge(null), judge("anything")]).toEqual(["full", "restricted"]);
  });
  it("lets every caller over HTTP in", () => {
    const judge = create();
    expect([judge(null, "http"), judge("anything", "http")]).toEqual(["full", "full"]);
  });
  it("restricts who shows nothing where there are other ways to be let in", () => {
    const judge = create({ isRequired: true });
    expect([judge(null), judge(null, "http"), judge("x")]).toEqual(["restricted", "restricted", "restricted, wrong"]);
  });
});

describe("several passwords", () => {
  it("are in force at once, so that one can take another's place", () => {
    const judge = create({ passwords: ["old", "new"] });
    expect([judge("old"), judge("new"), judge("other")]).toEqual(["full", "full", "restricted, wrong"]);
  });
  it("may be accounts', with permissions of their own", () => {
    const permissions = { send: ["billing"] };
    const options = { passwords: ["all"], accounts: [{ name: "till", password: "one", permissions }] };
    const authenticator = createPasswordAuthenticator({ ...options, file: "", isRequired: false }, { clock, logger });
    expect(authenticator.judge({ secret: "one", over: "http", peer: "", client: null })).toEqual({
      ok: true,
      grant: { restricted: false, permissions, expiresAtMs: null, subject: "till" },
      isWrong: false,
    });
    expect(create(options)("all")).toBe("full");
  });
  it("of two accounts are never the same", () => {
    const account = (name: string) => ({ name, password: "same", permissions: {} });
    expect(() => create({ accounts: [account("a"), account("b")] })).toThrow("accounts a and b have the same password");
  });
});

describe("a file of passwords", () => {
  it("is read again when it changes, at most once a second", () => {
    const file = join(folder, "changing");
    writeFileSync(file, "\uFEFFone\r\n\r\ntwo words\n");
    const judge = create({ file });
    expect([judge("one"), judge("two words"), judge("")]).toEqual(["full", "full", "restricted, wrong"]);
    writeFileSync(file, "three\n");
    expect(judge("one")).toBe("full");
    clock.advance(1000);
    expect([judge("one"), judge("three")]).toEqual(["restricted, wrong", "full"]);
  });
  it("stays in force while it is gone, and opens nothing while it is empty", () => {
    const file = join(folder, "fading");
    writeFileSync(file, "one");
    const judge = create({ file });
    renameSync(file, `${file}.away`);
    clock.advance(1000);
    expect(judge("one")).toBe("full");
    expect(logged.at(-1)).toMatch(/stays in force/);
    writeFileSync(file, "");
    clock.advance(1000);
    expect([judge("one"), judge(null), judge(null, "http")]).toEqual(["restricted, wrong", "restricted", "restricted"]);
  });
  it("must be there at the start", () => {
    expect(() => create({ file: join(folder, "missing") })).toThrow(/^authFile: .*missing: there is no such file$/);
  });
});
