import { join } from "node:path";
import ts from "typescript";
import { describe, expect, inject, it } from "vitest";
import { type CheckOptions, checkProgram } from "../src/types/check.ts";

const consumers = inject("consumers");

/** What a user of the client writes: enough to reach every declaration file of it. */
const clientProgram = `
import { type Client, type Status, SingyeongError, connect } from "@singyeong/client";
import * as expression from "@singyeong/client/expression";

const client: Client = await connect({ app: "desk", metadata: { latency: 12, id: 2n ** 63n - 1n } });
const { count }: { count: number | null } = await client.send({ application: "desk" }, { hello: 1 });
for await (const status of client.status()) {
  const type: Status["type"] = status.type;
  if (status.type === "closed" && status.error instanceof SingyeongError) console.log(type, status.error.code, count);
}
// @ts-expect-error: there is no such encoding here.
await connect({ app: "desk", encoding: "etf" });
export { expression };
`;

const everythingProgram = `
import * as client from "@singyeong/client";
import * as expression from "@singyeong/client/expression";
import * as protocol from "@singyeong/protocol";
import * as codec from "@singyeong/protocol/codec";
import * as schema from "@singyeong/protocol/schema";
import * as query from "@singyeong/query";
import * as server from "@singyeong/server";
import * as testing from "@singyeong/testing";

export { client, codec, expression, protocol, query, schema, server, testing };
`;

/** The ways in which TypeScript finds packages. */
const resolutions = {
  bundler: { module: ts.ModuleKind.Preserve, moduleResolution: ts.ModuleResolutionKind.Bundler },
  node16: { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
  nodenext: { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
};
const inBrowser = { lib: ["esnext", "dom", "dom.asynciterable"], types: [] };
const inNode = { lib: ["esnext"], types: ["node"] };

// TypeBox is not there for a project that has installed the client alone, nor are the types of Node.js.
describe("the declarations that are published", () => {
  for (const [name, resolution] of Object.entries(resolutions)) {
    it(`hold in a browser's project, resolved by ${name}`, () => {
      expect(check("client", name, clientProgram, { ...resolution, ...inBrowser })).toBe("");
    });
    it(`hold in a project of Node.js, resolved by ${name}`, () => {
      expect(check("node-types", name, clientProgram, { ...resolution, ...inNode })).toBe("");
    });
    it(`hold for all packages together, resolved by ${name}`, () => {
      expect(check("everything", name, everythingProgram, { ...resolution, ...inNode })).toBe("");
    });
  }

  it("are seen to be wrong where they are", () => {
    const wrong = `import { connect } from "@singyeong/client"; connect({ app: 1 });`;
    expect(check("client", "wrong", wrong, { ...resolutions.nodenext, ...inBrowser })).toContain("wrong.ts(1,");
  });
});

function check(consumer: string, name: string, program: string, options: CheckOptions): string {
  return checkProgram(join(consumers, consumer), name, program, options);
}
