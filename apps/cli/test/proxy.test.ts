import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSg, type Sg } from "./sg.kit.ts";

/** What a server with a proxy was asked in the direct form. */
interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** Stands in for a server with a proxy: answers as the target would, and remembers what it was asked. */
const asked: Asked[] = [];
const posted: unknown[] = [];
const server = createServer(async (request, response) => {
  const { method = "", url = "", headers } = request;
  if (url.endsWith("/echo")) return request.pipe(response.writeHead(200));
  if (url.endsWith("/stuck")) return;
  if (url.endsWith("/empty")) return response.writeHead(500).end();
  if (url.endsWith("/cut")) return response.writeHead(200).write("half", () => response.destroy());
  if (url === "/api/v1/proxy") posted.push(JSON.parse(await text(request)));
  else asked.push({ method, url, headers, body: await buffer(request) });
  answer(url, response);
});

function answer(url: string, response: ServerResponse): void {
  if (url.endsWith("/down")) {
    const headers = { "content-type": "application/json", "x-singyeong-error": "proxy/unreachable" };
    response.writeHead(502, headers);
    response.end('{"error":"the target cannot be reached","code":"proxy/unreachable","extra_info":null}');
    return;
  }
  if (url.endsWith("/nobody")) {
    response.writeHead(404, { "content-type": "application/json", "x-singyeong-error": "route/no-match" });
    response.end('{"error":"no match","code":"route/no-match","extra_info":null}');
    return;
  }
  const status = url.endsWith("/missing") ? 404 : 201;
  response.writeHead(status, { "content-type": "application/json", "x-made": "yes\u00a0" });
  response.end('{"id":12345678901234567890}');
}

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

it("sends a request to one application directly, and prints the body as it came", async () => {
  const args = ["-H", "x-trace: 7", "-H", "authorization: Basic eA==", "-d", '{"n":1}', "--auth", "pw"];
  const ran = await sg.run(["proxy", "post", "users?a=1", "api", "free>0", ...args]);
  expect(ran).toEqual({ code: 0, stdout: '{"id":12345678901234567890}', stderr: "" });
  const { method, url, headers, body } = asked.pop()!;
  expect([method, url, `${body}`]).toEqual(["POST", "/api/v1/proxy/api/users?a=1", '{"n":1}']);
  expect(headers).toMatchObject({
    "x-trace": "7",
    authorization: "Bearer pw",
    "x-singyeong-authorization": "Basic eA==",
    "x-singyeong-query": '{"ops":[{"path":"/free","op":"$gt","to":{"value":0}}]}',
  });
});

it("says who asks, and no more than fetch makes it say", async () => {
  await sg.run(["proxy", "GET", "/a", "api"]);
  const { headers } = asked.pop()!;
  expect(headers).toMatchObject({ "user-agent": expect.stringMatching(/^sg\/\d/), accept: "*/*" });
  await sg.run(["proxy", "GET", "/a", "api", "-H", "User-Agent: mine"]);
  expect(asked.pop()!.headers["user-agent"]).toBe("mine");
});

it("tells the status of a failure, which may have no body", async () => {
  const ran = await sg.run(["proxy", "GET", "/empty", "api"]);
  expect(ran).toEqual({ code: 1, stdout: "", stderr: "HTTP 500 Internal Server Error\n" });
  const { stdout, stderr } = await sg.run(["proxy", "GET", "/empty", "api", "-i"]);
  expect([stdout.split("\n")[0], stderr]).toEqual(["HTTP 500 Internal Server Error", ""]);
});

it("says where nobody gets a request", async () => {
  const { code, stderr } = await sg.run(["proxy", "GET", "/nobody", "api"]);
  expect([code, stderr]).toEqual([5, expect.stringMatching(/^sg: no client matches, so the request went nowhere\n/)]);
});

it("posts a request for tags, as a whole", async () => {
  const { code } = await sg.run(["proxy", "PUT", "/a", "#edge", "-d", "-"], { stdin: "text" });
  expect(code).toBe(0);
  expect(posted.pop()).toMatchObject({ method: "PUT", route: "/a", body: "text", query: { application: ["edge"] } });
});

it("sends any bytes of a file, whose length it says, and of standard input, and prints any", async () => {
  const bytes = Buffer.from([0, 255, 1, 254]);
  writeFileSync(join(sg.home, "bytes"), bytes);
  await sg.run(["proxy", "PUT", "/a", "api", "-d", "@bytes"]);
  expect(asked.pop()).toMatchObject({ body: bytes, headers: { "content-length": "4" } });
  const piped = sg.start(["proxy", "PUT", "/echo", "api", "-d", "-"], "pipe");
  piped.child.stdin!.end(bytes);
  expect(await buffer(piped.child.stdout!)).toEqual(bytes);
});

it("prints what comes while it still sends", async () => {
  await using running = sg.start(["proxy", "POST", "/echo", "api", "-d", "-", "--timeout", "1h"], "pipe");
  for (const line of ["one", "two"]) {
    running.child.stdin!.write(`${line}\n`);
    expect(await running.line()).toBe(line);
  }
  running.child.stdin!.end();
  expect(await running.ended).toBe(0);
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
  expect(code).toBe(1);
  expect(stderr).toMatch(/^sg: the target cannot be reached\n/);
});

it("says so where an answer breaks off, behind what came of it", async () => {
  const { code, stdout, stderr } = await sg.run(["proxy", "GET", "/cut", "api"]);
  expect([code, stdout, stderr]).toEqual([3, "half", expect.stringMatching(/^sg: the answer broke off\n/)]);
});

it("gives up where nothing moves", async () => {
  const { code, stderr } = await sg.run(["proxy", "GET", "/stuck", "api", "--timeout", "100ms"]);
  expect([code, stderr]).toEqual([expect.any(Number), expect.stringContaining("--timeout gives it longer")]);
});

it.each([
  [["/users", "GET", "api"], "is no HTTP method"],
  [["PUT", "/users", "api", "-d", "@missing"], "the body cannot be read"],
  [["PUT", "/users", "api", "-d", "@."], "is a folder"],
])("refuses %j", async (args, message) => {
  expect(await sg.run(["proxy", ...args])).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
});
