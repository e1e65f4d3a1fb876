import { Type } from "typebox";
import { describe, expectTypeOf, it } from "vitest";
import type { Client } from "../../src/client.ts";
import type { connect as Connect } from "../../src/connect.ts";
import { type ContractOf, defineApplication } from "../../src/contract/application.ts";
import { type Version, version, versionSchema } from "../../src/metadata/version.ts";
import { query } from "../../src/query/builder.ts";
import type { Target } from "../../src/query/query.ts";

const metadataSchema = Type.Object({
  latency: Type.Integer(),
  region: Type.Union([Type.Literal("eu"), Type.Literal("us")]),
  build: versionSchema,
  user: Type.BigInt(),
});
const message = Type.Object({ user: Type.String() });
const gateway = defineApplication("gateway", { metadata: metadataSchema, message });

const connect = null as unknown as typeof Connect;

/** Never called: what stands inside is for the type checker alone. */
const typesOnly = (_body: () => unknown) => undefined;

describe("a client", () => {
  it("sends what the application takes", () => {
    typesOnly(async () => {
      const client = null as unknown as Client;
      await client.send(query(gateway), { user: "17" });
      await client.send(gateway, { user: "17" });
      await client.broadcast(
        query(gateway).where((path) => path("/latency").lte(100)),
        { user: "17" },
      );
      await client.send("gateway", { whatever: 1 });
      await client.send(query("gateway"), { whatever: 1 });
      await client.send({ application: "gateway", ops: [] }, { whatever: 1 });
      // @ts-expect-error the user is text
      await client.send(query(gateway), { user: 17 });
      // @ts-expect-error the user is missing
      await client.broadcast(query(gateway).optional(), {});
      // @ts-expect-error the user is text
      await client.request(gateway, { user: 17 });
    });
  });

  it("takes a declared query wherever any will do", () => {
    expectTypeOf(query(gateway)).toExtend<Target>();
    expectTypeOf(gateway).toExtend<Target>();
    expectTypeOf({ application: "a" }).toExtend<Target>();
    // @ts-expect-error a target is no number
    expectTypeOf(42).toExtend<Target>();
  });

  it("reads the metadata that was declared", () => {
    typesOnly(async () => {
      const [node] = await (null as unknown as Client).queryNodes(query(gateway));
      expectTypeOf(node?.metadata.latency).toEqualTypeOf<number | undefined>();
      expectTypeOf(node?.metadata.region).toEqualTypeOf<"eu" | "us" | undefined>();
      // @ts-expect-error no such key
      node?.metadata.latenzy;
    });
  });

  it("says about itself what its application declared", () => {
    typesOnly(async () => {
      const metadata = { latency: 12, region: "eu", build: version("2.1.0"), user: 17n } as const;
      const client = await connect({ app: gateway, metadata });
      expectTypeOf(client).toEqualTypeOf<Client<ContractOf<typeof metadataSchema, typeof message>>>();
      await connect("localhost", { app: gateway, metadata });
      await client.metadata.set({ latency: 13 });
      await client.metadata.remove("user");
      expectTypeOf(client.metadata.current.user).toEqualTypeOf<bigint | number | undefined>();
      expectTypeOf(client.metadata.current.build).toEqualTypeOf<Version | undefined>();
      // @ts-expect-error text is no number
      await connect({ app: gateway, metadata: { ...metadata, latency: "12" } });
      // @ts-expect-error text is no version
      await client.metadata.set({ build: "2.1.0" });
      // @ts-expect-error no such key
      await client.metadata.remove("latenzy");
    });
  });

  it("is connected by servers and options, or by options alone", () => {
    typesOnly(async () => {
      await connect(["a", "b"], { app: "api" });
      await connect({ servers: ["a", "b"], app: "api" });
      // @ts-expect-error the servers are given already
      await connect("a", { servers: "b" });
      // @ts-expect-error all options are given already
      await connect({ app: "api" }, { id: "1" });
    });
  });

  it("reads the messages that its application declared", () => {
    typesOnly(async () => {
      const client = await connect({ app: gateway });
      for await (const message of client.messages()) expectTypeOf(message.payload).toEqualTypeOf<{ user: string }>();
      client.messages((message) => expectTypeOf(message.payload).toEqualTypeOf<{ user: string }>());
      client.messages({ filter: ({ payload }) => payload.user === "17" });
      // @ts-expect-error no such field
      client.messages({ filter: ({ payload }) => payload.usr === "17" });
    });
  });

  it("is held to nothing where nothing was declared", () => {
    typesOnly(async () => {
      const client = await connect("singyeong://api@localhost", {
        metadata: { anything: [1], build: version("1.0.0") },
      });
      expectTypeOf(client).toEqualTypeOf<Client>();
      await client.metadata.set({ whatever: 1n });
      await client.metadata.remove("whatever");
      for await (const { payload } of client.messages()) expectTypeOf(payload).toBeAny();
    });
  });
});
