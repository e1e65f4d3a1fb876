import { readServer } from "@singyeong/client";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskServer } from "./mask-server.ts";

const schemes = ["", "singyeong://", "ssingyeong://", "ws://", "wss://", "http://", "https://"];
const hosts = ["host", "host:4567", "10.0.0.1:80", "[::1]", "[::1]:4567"];
const tails = ["", "/", "?encoding=msgpack", "/gateway/websocket", "/gateway/websocket?encoding=json"];
const forms = schemes.flatMap((scheme) => hosts.flatMap((host) => tails.map((tail) => [scheme, host + tail] as const)));

describe("an address that is shown", () => {
  it.each(forms)("%s…%s hides its password", (scheme, place) => {
    for (const application of ["", "api", "a@b", "a%3Ab"])
      for (const password of ["s3cret", "s3:cret", "s3@cret", "@s3cret@", ":s3cret", "s3%40cret", " s3\tcret"]) {
        const server = `${scheme}${application}:${password}@${place}`;
        expect(readServer(server).password).toContain("cret");
        expect(maskServer(server)).toBe(`${scheme}${application}:********@${place}`);
      }
  });

  it.each(forms)("%s…%s is left alone without one", (scheme, place) => {
    for (const server of [`${scheme}${place}`, `${scheme}api@${place}`, `${scheme}a@b@${place}`]) {
      expect(readServer(server).password).toBeNull();
      expect(maskServer(server)).toBe(server);
    }
  });

  it("hides whatever the client reads as a password", () => {
    const piece = fc.string({ unit: fc.constantFrom(..."ab:@/\\?#%4 \t\n[]".split("")), maxLength: 8 });
    fc.assert(
      fc.property(fc.constantFrom(...schemes), piece, piece, (scheme, before, after) => {
        const server = `${scheme}${before}:S3CRET${after}@host`;
        expect(maskServer(server)).not.toContain("S3CRET");
      }),
    );
  });

  it.each([
    ["api:s3cret@host:0", "api:********@host:0"],
    ["api:s3cret@host/path", "api:********@host/path"],
    ["api:s3/cr#et?@host", "api:********@host"],
    ["singyeong://api:s3/cret@host", "singyeong://api:********@host"],
    ["HTTP://api:s3cret@host", "HTTP:********@host"],
    ["ftp://api:s3cret@host", "ftp:********@host"],
    [" //api:s3cret@host\n", " //api:********@host\n"],
    ["singyeong:///api:s3cret@host", "singyeong:///api:********@host"],
    ["api:s3\ncret@host", "api:********@host"],
  ])("%j hides it as well, odd or refused as it is", (server, shown) => expect(maskServer(server)).toBe(shown));
});
