import { afterEach, expect, it, vi } from "vitest";
import { readProxyRequest } from "./proxy-request.ts";

afterEach(() => vi.unstubAllGlobals());

it("passes a body on unread", async () => {
  const stream = new ReadableStream();
  expect((await readProxyRequest("/", { method: "POST", body: stream })).body).toBe(stream);
  const request = new Request("http://h/", { method: "POST", body: "text" });
  expect((await readProxyRequest(request)).body).toBeInstanceOf(ReadableStream);
  expect(request.bodyUsed).toBe(false);
});

it("takes a request's body as a whole in browsers, which stream none over HTTP/1.1", async () => {
  vi.stubGlobal("navigator", { userAgent: "Mozilla/5.0" });
  const request = new Request("http://h/", { method: "POST", body: "text" });
  const { body, headers } = await readProxyRequest(request);
  expect([body, headers.get("content-type")]).toEqual([expect.any(Blob), "text/plain;charset=UTF-8"]);
  expect(await (body as Blob).text()).toBe("text");
  expect((await readProxyRequest(new Request("http://h/"))).body).toBeNull();
});

it("refuses headers that are none", async () => {
  await expect(readProxyRequest("/", { headers: { "a b": "c" } })).rejects.toMatchObject({
    code: "client/invalid-value",
  });
});
