import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect as connectTcp } from "node:net";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";
import { compose, loadConfig, type Server as SingyeongServer } from "@singyeong/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, createHttpApi } from "../src/index.ts";

/** Signed by itself for localhost, for these tests alone. */
const read = (name: string): string => readFileSync(join(import.meta.dirname, "certificate", name), "utf8");
const cert = read("certificate.pem");

describe("a server behind TLS", () => {
  let server: SingyeongServer;
  let front: Server;
  let dsn: string;

  beforeAll(async () => {
    const loaded = loadConfig(
      ["--host", "127.0.0.1", "--port", "0", "--log-level", "silent", "--queue-store", "memory"],
      {},
    );
    if (loaded.type !== "settings") throw new Error(JSON.stringify(loaded));
    server = await compose(loaded.config);
    const port = await server.listen();
    front = createServer({ cert, key: read("key.pem") }, (secure) => {
      const plain = connectTcp(port, "127.0.0.1");
      secure.pipe(plain).pipe(secure);
      secure.on("error", () => plain.destroy());
      plain.on("error", () => secure.destroy());
    });
    front.listen(0, "localhost");
    await once(front, "listening");
    dsn = `ssingyeong://shop@localhost:${(front.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await server.drain("the test is over");
    front.close();
  });

  it("is reached where its certificate is trusted", async () => {
    await using client = await connect(dsn, { tls: { ca: cert } });
    expect(await client.send("shop", "to itself")).toEqual({ count: 1 });
  });

  it("is reached where any certificate will do", async () => {
    await using client = await connect(dsn, { tls: { rejectUnauthorized: false }, encoding: "msgpack" });
    expect(client.connected).toBe(true);
  });

  it("is refused where its certificate is not trusted", async () => {
    await expect(connect(dsn)).rejects.toMatchObject({
      code: "client/unreachable",
      message: `cannot connect to ${dsn.slice("ssingyeong://shop@".length)}: self-signed certificate`,
      details: { code: "DEPTH_ZERO_SELF_SIGNED_CERT", tls: true },
    });
  });

  it("says so over HTTP as well", async () => {
    await expect(createHttpApi({ server: dsn }).version()).rejects.toMatchObject({
      code: "client/unreachable",
      details: { code: "DEPTH_ZERO_SELF_SIGNED_CERT", tls: true },
    });
  });
});
