import { join } from "node:path";
import { startServer, type TestServer } from "@singyeong/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSg, type Sg } from "./sg.kit.ts";

/** Signed by itself for localhost, for tests alone. */
const certificates = join(import.meta.dirname, "../../../packages/client/test/certificate");
const tlsCert = join(certificates, "certificate.pem");
const tlsKey = join(certificates, "key.pem");

let open: TestServer;
let mutual: TestServer;
let sg: Sg;

beforeAll(async () => {
  open = await startServer({ tlsCert, tlsKey });
  mutual = await startServer({ tlsCert, tlsKey, tlsClientCa: tlsCert });
  sg = createSg(`ssingyeong://localhost:${open.port}`);
});
afterAll(async () => {
  sg[Symbol.dispose]();
  await open[Symbol.asyncDispose]();
  await mutual[Symbol.asyncDispose]();
});

const commands = [["nodes"], ["queue", "ls"], ["send", "sg", "1"], ["doctor"]];

describe("a certificate that nobody vouches for", () => {
  it.each(commands)("is said to be one by sg %s", async (...args) => {
    const { code, stdout, stderr } = await sg.run(args);
    expect(code).toBe(3);
    const name = `localhost:${open.port}`;
    expect(stdout + stderr).toContain(`the certificate of ${name} is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)`);
    expect(stdout + stderr).toContain("--ca FILE");
    expect(stdout + stderr).not.toMatch(/is it running|speaks no TLS/i);
  });

  it("is trusted with --ca, over HTTP and WebSockets", async () => {
    expect(await sg.run(["doctor", "--ca", tlsCert])).toMatchObject({ code: 0 });
    expect(await sg.run(["nodes", "--json", "--ca", tlsCert])).toMatchObject({ code: 0, stdout: "[]\n" });
  });

  it("is trusted by a context that says so, wherever it is used", async () => {
    const add = ["context", "add", "tls", "--server", `ssingyeong://localhost:${open.port}`];
    expect(await sg.run([...add, "--ca", "missing.pem"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("the authority cannot be read"),
    });
    expect(await sg.run([...add, "--ca", tlsCert])).toMatchObject({ code: 0 });
    expect((await sg.run(["context", "show", "tls"])).stdout).toContain(tlsCert);
    expect(await sg.run(["doctor", "--context", "tls"])).toMatchObject({ code: 0 });
  });
});

it.each([
  [join(certificates, "missing.pem"), "the authority cannot be read: ENOENT"],
  [tlsKey, "holds no certificate in PEM"],
])("what is no authority is refused: %s", async (file, message) => {
  expect(await sg.run(["nodes", "--ca", file])).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
});

it.each(commands)("a server that asks for a client certificate is said to by sg %s", async (...args) => {
  const server = ["--server", `ssingyeong://localhost:${mutual.port}`, "--ca", tlsCert];
  const { code, stdout, stderr } = await sg.run([...args, ...server]);
  expect(code).toBe(3);
  expect(stdout + stderr).toContain("may ask for a client certificate");
  expect(stdout + stderr).not.toMatch(/is it running/i);
});
