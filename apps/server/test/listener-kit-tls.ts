import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { expect, test } from "vitest";
import type { CreateListener, TlsFiles } from "../src/ports/listener.ts";
import { dial, type Harness, startListener } from "./listener-harness.ts";

const file = (name: string): string => join(import.meta.dirname, "tls", name);
const ca = readFileSync(file("authority.crt"));
const pair = (name: string) => ({ cert: readFileSync(file(`${name}.crt`)), key: readFileSync(file(`${name}.key`)) });
const files = (name: string, clientCa: string | null = null): TlsFiles => ({
  cert: file(`${name}.crt`),
  key: file(`${name}.key`),
  clientCa,
});

async function dialTls(server: Harness, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ host: "127.0.0.1", port: server.port, ca, ...options });
  await new Promise<void>((resolve, reject) => socket.once("secureConnect", resolve).on("error", reject));
  return socket;
}

/** Asks over a connection of its own; resolves with the certificate's name and the answer's last line. */
async function ask(server: Harness, options: ConnectionOptions = {}): Promise<string> {
  const socket = await dialTls(server, options);
  const name = socket.getPeerCertificate().subject.CN;
  const answer = new Promise<string>((resolve, reject) => {
    socket.once("data", (bytes) => resolve(String(bytes)));
    socket.on("error", reject).once("close", () => reject(new Error("closed without an answer")));
  });
  socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  const body = (await answer).split("\r\n\r\n")[1];
  socket.destroy();
  return `${name}: ${body}`;
}

/** Answers all requests. */
function serve(create: CreateListener): CreateListener {
  return (options, handlers) =>
    create(options, {
      ...handlers,
      request: (exchange) => exchange.respond(200, {}, exchange.secure ? "secure" : "plain"),
    });
}

/** TLS, and certificates that change. */
export function describeTls(load: () => Promise<CreateListener>): void {
  test("requests and WebSockets come by TLS, and are told to", async () => {
    await using server = await startListener(serve(await load()), { tls: files("first-server") });
    expect(await ask(server)).toBe("first-server: secure");
    const client = await dial(server.port, "/", { ca }, "wss");
    const connection = await server.connection();
    expect(server.upgrades[0]?.secure).toBe(true);
    client.socket.send("in");
    expect(await connection.message()).toBe("in");
    connection.outbox.send("out");
    expect(await client.message()).toBe("out");
    client.socket.terminate();
  });

  test.each([16 * 1024 * 1024, null])("bodies are streamed both ways (length %j)", async (length) => {
    await using server = await startListener(await load(), { tls: files("first-server") });
    const whole = randomBytes(16 * 1024 * 1024);
    const headers = length === null ? {} : { "content-length": length };
    const sent = request({ host: "127.0.0.1", port: server.port, method: "POST", ca, headers });
    sent.end(whole);
    const exchange = await server.request();
    const body = exchange.open(200, [], length)!;
    const echoing = (async () => {
      for await (const piece of exchange.stream()) {
        if (!body.write(piece)) await new Promise<void>((resolve) => (body.onDrain = resolve));
      }
      body.end();
    })();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    expect((await buffer(response)).equals(whole)).toBe(true);
    await echoing;
  });

  test("what is not TLS is not answered, and does no harm", async () => {
    await using server = await startListener(serve(await load()), { tls: files("first-server") });
    await expect(dial(server.port)).rejects.toThrow();
    await expect(dialTls(server, { maxVersion: "TLSv1.1", minVersion: "TLSv1" })).rejects.toThrow();
    expect(await ask(server)).toBe("first-server: secure");
  });

  test("a certificate that changed is that of new connections, open ones live on, and none is refused meanwhile", async () => {
    const folder = await mkdtemp(join(tmpdir(), "singyeong-tls-"));
    const tls = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem"), clientCa: null };
    const install = async (name: string): Promise<void> => {
      await copyFile(file(`${name}.crt`), tls.cert);
      await copyFile(file(`${name}.key`), tls.key);
    };
    await install("first-server");
    await using server = await startListener(serve(await load()), { tls });
    const client = await dial(server.port, "/", { ca }, "wss");
    const connection = await server.connection();
    const answers = new Set<string>();
    let isOver = false;
    const asking = Array.from({ length: 4 }, async () => {
      while (!isOver) answers.add(await ask(server));
    });
    while (!answers.has("first-server: secure")) await ask(server);
    await install("second-server");
    await server.listener.reloadTls();
    while (!answers.has("second-server: secure")) await ask(server);
    isOver = true;
    await Promise.all(asking);
    expect([...answers].sort()).toEqual(["first-server: secure", "second-server: secure"]);
    expect(await ask(server)).toBe("second-server: secure");
    expect(await ask(server, { servername: "localhost" })).toBe("second-server: secure");
    client.socket.send("still here");
    expect(await connection.message()).toBe("still here");

    await writeFile(tls.cert, "no certificate");
    await expect(server.listener.reloadTls()).rejects.toThrow();
    expect(await ask(server)).toBe("second-server: secure");
    server.listener.stopAccepting();
    await expect(ask(server)).rejects.toThrow("ECONNREFUSED");
    connection.outbox.send("indeed");
    expect(await client.message()).toBe("indeed");
    client.socket.terminate();
    await rm(folder, { recursive: true });
  });

  test.each([
    ["is missing", { ...files("first-server"), cert: file("none.crt") }, "none.crt"],
    ["belongs to another key", { ...files("first-server"), key: file("second-server.key") }, "key values mismatch"],
  ])("a certificate that %s is refused before anything listens", async (_name, tls, message) => {
    await expect(startListener(await load(), { tls })).rejects.toThrow(message);
  });

  test("most connections count those of all certificates", async () => {
    await using server = await startListener(serve(await load()), { tls: files("first-server"), maxConnections: 2 });
    const sockets = [await dialTls(server)];
    await server.listener.reloadTls();
    sockets.push(await dialTls(server));
    await expect(ask(server)).rejects.toThrow();
    expect(server.refused.count).toBe(1);
    for (const socket of sockets) socket.destroy();
  });
}

/** Certificates of clients, of those adapters that ask for them. */
export function describeClientCertificates(load: () => Promise<CreateListener>): void {
  test("a client with a certificate of the authority is served; one with none, or another's, is refused", async () => {
    const tls = files("first-server", file("authority.crt"));
    await using server = await startListener(serve(await load()), { tls });
    expect(await ask(server, pair("client"))).toBe("first-server: secure");
    await expect(ask(server)).rejects.toThrow();
    await expect(ask(server, pair("stranger"))).rejects.toThrow();
    await expect(dial(server.port, "/", { ca }, "wss")).rejects.toThrow();
    await server.listener.reloadTls();
    await expect(ask(server)).rejects.toThrow();
    expect(await ask(server, pair("client"))).toBe("first-server: secure");
    expect(server.upgrades).toEqual([]);
  });
}
