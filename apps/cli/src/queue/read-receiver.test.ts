import type { Query } from "@singyeong/client";
import { expect, it } from "vitest";
import { readReceiver } from "./read-receiver.ts";

const ops = [{ path: "/region", op: "$eq", to: { value: "eu" } }];
const pushed = { topic: null, isInMemory: false };
const published = { topic: "books.new", isInMemory: false };

it.each([
  [
    { application: "worker", ops },
    { ...pushed, target: "worker region = eu" },
  ],
  [{}, { ...pushed, target: "*" }],
  [{ topic: "books.new" }, { ...published, target: null }],
  [
    { topic: "books.new", target: {} },
    { ...published, target: null },
  ],
  [
    { topic: "books.new", target: { ops } },
    { ...published, target: "region = eu" },
  ],
  [
    { topic: "books.new", target: { application: "shop", ops } },
    { ...published, target: "shop region = eu" },
  ],
  [
    { topic: "books.new", memory: true },
    { ...published, isInMemory: true, target: null },
  ],
])("%j is read as %j", (kept, receiver) => expect(readReceiver(kept as Query)).toEqual(receiver));
