import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createPasswordCheck } from "./password-check.ts";

/** Answers by what it is asked with: `Bearer <status>`, with a code where that stands behind it. */
const server = createServer(({ headers }, response) => {
  const [status = "401", code] = headers.authorization?.slice("Bearer ".length).split(" ") ?? [];
  if (code === "told")
    response.setHeader("www-authenticate", 'Bearer error="invalid_token", error_description="token expired; bad"');
  response.writeHead(Number.parseInt(status, 10), { "retry-after": "90" });
  response.end(JSON.stringify({ code }));
});
let base = "";
beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

it.each([
  ["200", "ok", "accepted (from --auth)", undefined],
  ["401", "fail", "not accepted (from --auth)", "another one than the server's AUTH"],
  ["401.a.b", "fail", "the token is not accepted (from --auth)", "Has the token expired"],
  ["401 told", "fail", "the token is not accepted: token expired: bad (from --auth)", "Get a new one"],
  ["401 auth/expired", "fail", "the token has expired (from --auth)", "Get a new one."],
  ["403", "warn", "accepted, but it does not permit everything", "permissions"],
  ["429", "fail", "the server listens again in 1 min 30 s", "Wait"],
  ["500", "warn", "unexpected status 500", "may answer for it"],
])("%s is %s: %s", async (auth, status, message, advice) => {
  const connection = async () => ({ server: "localhost", serverSource: "x", auth, authSource: "--auth" }) as never;
  const finding = await createPasswordCheck({ base, isLocal: true, timeoutMs: 5000, connection }).run();
  expect(finding).toMatchObject({ status, message: expect.stringContaining(message) });
  if (advice !== undefined) expect(finding.advice).toContain(advice);
});
