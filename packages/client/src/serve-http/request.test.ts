import { describe, expect, it } from "vitest";
import { createRequest, takesStreams } from "./request.ts";

const signal = new AbortController().signal;
const streamOf = (...parts: readonly string[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of parts) controller.enqueue(new TextEncoder().encode(part));
      controller.close();
    },
  });
const head = {
  method: "POST",
  path: "/a",
  headers: [
    ["host", "h"],
    ["content-type", "application/json"],
  ],
} as const;

describe.each([true, false])("a request where streams as bodies are told to be there: %s", (canStream) => {
  it("has its body by every way there is", async () => {
    const create = () => createRequest(head, streamOf('{"a":', "1}"), signal, canStream);
    expect(await create().json()).toEqual({ a: 1 });
    expect(await create().text()).toBe('{"a":1}');
    expect((await create().arrayBuffer()).byteLength).toBe(7);
    expect((await create().blob()).type).toBe("application/json");
    const request = create();
    expect([request.bodyUsed, request.body instanceof ReadableStream]).toEqual([false, true]);
    const parts: string[] = [];
    for await (const part of request.body!) parts.push(new TextDecoder().decode(part));
    expect([parts, request.bodyUsed]).toEqual([['{"a":', "1}"], true]);
  });

  it("has none where the method has none", async () => {
    const request = createRequest({ ...head, method: "GET" }, streamOf("x"), signal, canStream);
    expect([request.body, await request.text(), request.url]).toEqual([null, "", "http://h/a"]);
  });
});

it("streams are bodies here", () => {
  expect(takesStreams()).toBe(true);
});

it("a request is to somewhere, whoever was asked for", () => {
  expect(createRequest({ ...head, headers: [] }, null, signal).url).toBe("http://localhost/a");
  expect(createRequest({ ...head, path: "//x/y" }, null, signal).url).toBe("http://h//x/y");
  expect(() => createRequest({ ...head, headers: [["host", "a b"]] }, null, signal)).toThrow(TypeError);
});
