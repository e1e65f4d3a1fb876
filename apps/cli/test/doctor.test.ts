import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startServer } from "@singyeong/testing";
import { expect, it } from "vitest";
import { createSg } from "./sg.kit.ts";

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const secret = Buffer.alloc(32, 7);

function sign(claims: object): string {
  const body = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}

const now = Math.floor(Date.now() / 1000);
const orders = sign({ sub: "o", exp: now + 3600, singyeong: { identify: ["orders"], send: ["*"] } });
const late = sign({ sub: "o", exp: now - 3600 });

async function stage() {
  const sg = createSg();
  const jwtKeys = join(sg.home, "keys.json");
  writeFileSync(jwtKeys, JSON.stringify({ keys: [{ kty: "oct", alg: "HS256", k: secret.toString("base64url") }] }));
  const server = await startServer({ jwtKeys, authAttempts: 0 });
  return { sg, server };
}

it("connects as whom the token permits, by the DSN or --app, and says whom it does not permit", async () => {
  const { sg, server } = await stage();
  const at = `127.0.0.1:${server.port}`;
  const token = ["--auth", orders];
  const refused = await sg.run(["doctor", "-s", at, ...token]);
  expect(refused).toMatchObject({ code: 4, stdout: expect.stringContaining('has to permit "sg-doctor"') });
  expect(refused.stdout).toContain("--app");
  expect(await sg.run(["doctor", "-s", at, ...token, "--app", "orders"])).toMatchObject({ code: 0 });
  expect(await sg.run(["doctor", "-s", `singyeong://orders@${at}`, ...token])).toMatchObject({ code: 0 });
  sg[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

it("tells why a token is refused, as other commands do", async () => {
  const { sg, server } = await stage();
  for (const args of [["doctor"], ["nodes"], ["queue", "ls"], ["send", "x", "1"]]) {
    const ran = await sg.run([...args, "-s", `127.0.0.1:${server.port}`, "--auth", late]);
    expect(ran.code).toBe(4);
    expect(ran.stdout + ran.stderr).toMatch(/token.*: token expired/);
    expect(ran.stdout + ran.stderr).not.toMatch(/internal error|Give the server's password/);
  }
  sg[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

it("takes a bound on rates for no failure", async () => {
  await using server = await startServer({ maxFramesPerSecond: 3 });
  using sg = createSg(`127.0.0.1:${server.port}`);
  const { code, stdout } = await sg.run(["doctor"]);
  expect(code).toBe(0);
  expect(stdout).toContain("this server bounds how many come in a second");
});
