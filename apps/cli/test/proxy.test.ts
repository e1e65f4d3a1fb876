import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSg, type Sg } from "./sg.kit.ts";

/** Stands in for a server with a proxy: answers as the target would, and remembers what it was asked. */
const asked: unknown[] = [];
const server = createServer(async (request, response) => {
  const body = JSON.parse(await text(request));
  asked.push(body);
  if (body.route === "/down") {
    response.writeHead(400, { "content-type": "application/json" });
    return response.end('{"errors":["the target cannot be reached"],"code":"proxy/unreachable"}');
  }
  const status = body.route === "/missing" ? 404 : 201;
  response.writeHead(status, { "content-type": "application/json", "x-made": "yes\u00a0" });
  response.end('{"id":12345678901234567890}');
});
let sg: Sg;

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  sg = createSg(`127.0.0.1:${(server.address() as { port: number }).port}`);
});
afterAll(() => {
  sg[Symbol.dispose]();
  server.closeAllConnections();
  server.close();
});

it("sends a request, and prints the body as it came", async () => {
  const ran = await sg.run(["proxy", "post", "users?a=1", "api", "free>0", "-H", "x-trace: 7", "-d", '{"n":1}']);
  expect(ran).toEqual({ code: 0, stdout: '{"id":12345678901234567890}', stderr: "" });
  expect(asked.pop()).toMatchObject({
    method: "POST",
    route: "/users?a=1",
    headers: { "x-trace": "7" },
    query: { application: "api", ops: [{ path: "/free", op: "$gt", to: { value: 0 } }] },
  });
});

it("shows status and headers where that is asked for", async () => {
  const { stdout, code } = await sg.run(["proxy", "GET", "/missing", "api", "-i"]);
  expect(stdout).toMatch(/^HTTP 404 Not Found\n(.*\n)*x-made: yes.*\n(.*\n)*\n\{"id":12345678901234567890\}$/);
  expect(code).toBe(1);
});

it("is one document in JSON, with every digit", async () => {
  const { stdout } = await sg.run(["proxy", "GET", "/users/17", "api", "--json"]);
  expect(stdout).toMatch(/^\{"status":201,"headers":\{.*\},"body":\{"id":12345678901234567890\}\}\n$/);
});

it("says where the target cannot be reached", async () => {
  const { code, stderr } = await sg.run(["proxy", "GET", "/down", "api"]);
  expect(code).not.toBe(0);
  expect(stderr).toContain("sg: ");
});

it("refuses what is no method", async () => {
  expect(await sg.run(["proxy", "/users", "GET", "api"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("is no HTTP method"),
  });
});
