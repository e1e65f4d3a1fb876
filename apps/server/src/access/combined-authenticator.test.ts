import { describe, expect, it } from "vitest";
import type { Authenticator, Verdict } from "../ports/authenticator.ts";
import { combineAuthenticators } from "./combined-authenticator.ts";
import { isTokenForm } from "./token-form.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64url");
const header = base64('{"alg":"ES256"}');

describe("a secret", () => {
  it("is a token by its form: three parts, the first of which is a JSON map", () => {
    const tokens = [`${header}.e30.c2ln`, `${header}.e30.`, "e30.x.y", `${base64(' { "a": 1 } ')}.e30.x`];
    expect(tokens.filter(isTokenForm)).toEqual(tokens);
  });
  it("is a password otherwise", () => {
    const passwords = ["", "s3cret", "a.b.c", "my.secret.pass", `${header}.e30`, `${header}.e30.x.y`, `${header}..x`];
    passwords.push(`${base64("[]")}.e30.x`, `${base64("null")}.e30.x`, `${header}.e30.x=`, `${"x".repeat(1e6)}.e30.x`);
    expect(passwords.filter(isTokenForm)).toEqual([]);
  });
});

describe("authenticators of passwords and tokens", () => {
  const named = (name: string): Authenticator => ({
    judge: () => ({ ok: false, code: "auth/failed", reasons: [name] }),
  });
  const judged = (authenticator: Authenticator, secret: string | null) =>
    (authenticator.judge({ secret, peer: "", over: "http", client: null }) as Verdict & { reasons: string[] }).reasons;

  it("judge what each of them is for, and tokens judge nothing else", () => {
    const both = combineAuthenticators(named("passwords"), named("tokens"));
    expect([`${header}.e30.x`, "password", null].map((secret) => judged(both, secret))).toEqual([
      ["tokens"],
      ["passwords"],
      ["passwords"],
    ]);
  });
  it("take everything for a password where there are no keys", () => {
    expect(judged(combineAuthenticators(named("passwords"), null), `${header}.e30.x`)).toEqual(["passwords"]);
  });
});
