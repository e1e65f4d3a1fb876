import { Type } from "typebox";
import { describe, expectTypeOf, it } from "vitest";
import { defineApplication } from "../../src/contract/application.ts";
import type { Undeclared } from "../../src/contract/contract.ts";
import type { StandardSchema } from "../../src/contract/standard-schema.ts";
import { integer } from "../../src/metadata/number.ts";
import { type Version, version, versionSchema } from "../../src/metadata/version.ts";
import { type QueryBuilder, query } from "../../src/query/builder.ts";
import { and, nor, or } from "../../src/query/logic.ts";
import { path, pathsOf } from "../../src/query/path.ts";
import { pointer } from "../../src/query/pointer.ts";

const gateway = defineApplication("gateway", {
  metadata: Type.Object({
    latency: Type.Integer(),
    load: Type.Number(),
    used: Type.Integer(),
    slots: Type.Optional(Type.BigInt()),
    region: Type.Union([Type.Literal("eu"), Type.Literal("us")]),
    home: Type.String(),
    build: versionSchema,
    oldest: versionSchema,
    open: Type.Boolean(),
    guilds: Type.Array(Type.String()),
    matrix: Type.Array(Type.Array(Type.Number())),
    place: Type.Tuple([Type.Number(), Type.String()]),
    limits: Type.Object({ cpu: Type.Number(), "odd/key": Type.Optional(Type.String()) }),
    spec: Type.Record(Type.String(), Type.Number()),
    allowed: Type.Array(Type.Union([Type.Literal("eu"), Type.Literal("us")])),
    mixed: Type.Union([Type.Number(), Type.Array(Type.String())]),
    free: Type.Any(),
  }),
  message: Type.Object({ user: Type.String() }),
});
const on = pathsOf(gateway);
const { data: standardSchema } = { data: {} as StandardSchema<{ latency: number; build: Version }> };

/** Never called: what stands inside is for the type checker alone. */
const typesOnly = (_body: () => unknown) => undefined;

describe("a path of a declared application", () => {
  it("exists", () => {
    typesOnly(() => {
      on("/latency").lte(100);
      on("/limits/cpu").gt(0.5);
      on("/limits/odd~1key").eq("x");
      on("/guilds/0").eq("a");
      on("/matrix/0/1").lt(3);
      on("/place/1").eq("here");
      on("/spec/anything").gt(1);
      on("/free/what/ever").contains(1);
      on(pointer("limits", "cpu")).gt(1);
      on(pointer("limits", "odd/key")).eq("x");
      on(pointer("spec", String(1))).gt(1);
      on(pointer("guilds", 0)).eq("a");
      // @ts-expect-error no such key
      on("/latenzy");
      // @ts-expect-error no leading slash
      on("latency");
      // @ts-expect-error no such key in the map
      on("/limits/memory");
      // @ts-expect-error a list has indexes alone
      on("/guilds/first");
      // @ts-expect-error a number has no parts
      on("/latency/0");
      // @ts-expect-error keys are escaped
      on("/limits/odd/key");
      // @ts-expect-error no such key
      on(pointer("limits", "memory"));
    });
  });

  it("may be the server's own", () => {
    typesOnly(() => {
      on("/ip").eq("10.0.0.1");
      on("/namespace").eq(null);
      on("/restricted").eq(true);
      on("/encoding").in(["json", "msgpack"]);
      on("/last_heartbeat_time").gt(1_700_000_000_000);
      on("/receive_client_updates").ne(true);
      // @ts-expect-error it is a time
      on("/last_heartbeat_time").gt("yesterday");
    });
  });

  it("takes what fits its value", () => {
    typesOnly(() => {
      on("/latency").eq(5);
      on("/latency").gte(5n);
      on("/latency").lt(integer(5));
      on("/slots").eq(1n);
      on("/home").gt("m");
      on("/region").eq("eu");
      on("/region").in(["eu", "us"]);
      on("/build").gte("2.1.0");
      on("/build").gte(version("2.1.0"));
      on("/open").eq(true);
      on("/latency").exists();
      on("/latency").exists(false);
      on("/guilds").eq(["a", "b"]);
      // @ts-expect-error text is no number
      on("/latency").lte("text");
      // @ts-expect-error text is no number
      on("/latency").eq("5");
      // @ts-expect-error a list of text
      on("/latency").in(["5"]);
      // @ts-expect-error one value is no list
      on("/latency").in(5);
      // @ts-expect-error no such region
      on("/region").eq("mars");
      // @ts-expect-error no such region among them
      on("/region").in(["eu", "mars"]);
      // @ts-expect-error a version is text
      on("/build").gte(2);
      // @ts-expect-error whether, not what
      on("/latency").exists(5);
      // @ts-expect-error a typed value of another type
      on("/latency").eq(version("1.0.0"));
    });
  });

  it("has the operators of its value", () => {
    typesOnly(() => {
      on("/guilds").contains("a");
      on("/guilds").ncontains("a");
      on("/allowed").contains("eu");
      on("/matrix").contains([1, 2]);
      on("/limits").contains("cpu");
      on("/spec").contains("anything");
      on("/mixed").contains("a");
      on("/mixed").lt(5);
      // @ts-expect-error a number contains nothing
      on("/latency").contains(5);
      // @ts-expect-error nor does text
      on("/home").contains("a");
      // @ts-expect-error lists have no order
      on("/guilds").lt(["a"]);
      // @ts-expect-error maps have no order
      on("/limits").gte(1);
      // @ts-expect-error booleans have no order
      on("/open").gt(false);
      // @ts-expect-error elements are text
      on("/guilds").contains(5);
      // @ts-expect-error no such region
      on("/allowed").contains("mars");
      // @ts-expect-error no such key
      on("/limits").contains("memory");
    });
  });

  it("offers only the operators of its value", () => {
    expectTypeOf<ReturnType<typeof on<"/latency">>>().toHaveProperty("lte");
    expectTypeOf<ReturnType<typeof on<"/latency">>>().not.toHaveProperty("contains");
    expectTypeOf<ReturnType<typeof on<"/guilds">>>().toHaveProperty("contains");
    expectTypeOf<ReturnType<typeof on<"/guilds">>>().not.toHaveProperty("lte");
    expectTypeOf<ReturnType<typeof on<"/open">>>().not.toHaveProperty("lte");
  });

  it("compares with paths of comparable values", () => {
    typesOnly(() => {
      on("/used").lt(on("/slots"));
      on("/used").lt(on("/slots").withDefault(8));
      on("/latency").eq(on("/load"));
      on("/region").eq(on("/home"));
      on("/home").lt(on("/region"));
      on("/build").gte(on("/oldest"));
      on("/region").in(on("/allowed"));
      on("/guilds").contains(on("/home"));
      on("/limits").contains(on("/home"));
      on("/latency").eq(on("/free"));
      on("/latency").lt(on("/spec/limit"));
      // @ts-expect-error a number is no text
      on("/latency").lt(on("/home"));
      // @ts-expect-error a version is not compared with text
      on("/build").gte(on("/home"));
      // @ts-expect-error nor text with a version
      on("/home").gte(on("/build"));
      // @ts-expect-error one region is no list
      on("/region").in(on("/home"));
      // @ts-expect-error numbers are not among text
      on("/latency").in(on("/guilds"));
      // @ts-expect-error a list of text has no numbers
      on("/guilds").contains(on("/latency"));
      // @ts-expect-error a default is of the path's own type
      on("/slots").withDefault("many");
      // @ts-expect-error what is about anyone is not about the gateway
      on("/used").lt(path("/slots"));
    });
  });
});

describe("a query on a declared application", () => {
  it("takes conditions on its own paths alone", () => {
    typesOnly(() => {
      query(gateway).where((path) => path("/latency").lte(100));
      query(gateway).where(on("/latency").lte(100), or(on("/region").eq("eu"), on("/home").exists(false)));
      query(gateway).where((path) => and(path("/latency").lte(100), nor(path("/open").eq(false))));
      // @ts-expect-error no such path
      query(gateway).where((path) => path("/latenzy").lte(100));
      // @ts-expect-error a condition about anyone
      query(gateway).where(path("/latency").lte(100));
      // @ts-expect-error a condition about anyone, joined
      query(gateway).where(and(path("/latency").lte(100)));
      // @ts-expect-error a condition about anyone among its own
      query(gateway).where(and(on("/open").eq(true), path("/latency").lte(100)));
      // @ts-expect-error plain ops are not typed
      query(gateway).where({ path: "/latency", op: "$lte", to: { value: 100 } });
    });
  });

  it("takes conditions on what another application has in common with it", () => {
    const common = pathsOf(defineApplication("common", { metadata: Type.Object({ latency: Type.Integer() }) }));
    const foreign = pathsOf(defineApplication("foreign", { metadata: Type.Object({ shards: Type.Integer() }) }));
    typesOnly(() => {
      query(gateway).where(common("/latency").lte(100), and(common("/latency").gt(1), on("/open").eq(true)));
      // @ts-expect-error the gateway has no shards
      query(gateway).where(foreign("/shards").lte(100));
      // @ts-expect-error nor has it where they are joined
      query(gateway).where(and(on("/open").eq(true), foreign("/shards").lte(100)));
    });
  });

  it("selects by what has an order", () => {
    typesOnly(() => {
      query(gateway).min("/latency");
      query(gateway).max("/build");
      query(gateway).min("/home");
      query(gateway).avg("/limits/cpu");
      query(gateway).max("/last_heartbeat_time");
      query(gateway).min("/spec/cpu");
      // @ts-expect-error lists have no order
      query(gateway).min("/guilds");
      // @ts-expect-error booleans have no order
      query(gateway).max("/open");
      // @ts-expect-error text has no mean
      query(gateway).avg("/home");
      // @ts-expect-error no such path
      query(gateway).min("/latenzy");
    });
  });

  it("stays one through every step", () => {
    typesOnly(() => {
      const built = query(gateway).key(1n).optional().droppable(false).restricted().min("/latency");
      expectTypeOf(built).toEqualTypeOf(query(gateway));
    });
  });

  it("works by a Standard Schema too", () => {
    const declare = () => defineApplication("standard", { metadata: standardSchema });
    typesOnly(() => {
      const standard = pathsOf(declare());
      standard("/latency").lt(5);
      standard("/build").lt("2.1.0");
      // @ts-expect-error text is no number
      standard("/latency").lt("5");
      // @ts-expect-error no such path
      standard("/home");
    });
  });
});

describe("what declared nothing", () => {
  it("is held to nothing", () => {
    typesOnly(() => {
      query("api").where(path("/latency").lte(100), path("/x").contains({ a: [1] }), path("/y").lt(path("/z")));
      query("api").where({ path: "/latency", op: "$lte", to: { value: 100 } });
      query("api").where(and(path("/a").eq(1), { path: "/b", op: "$exists", to: { value: false } }));
      query("api").where((path) => path("/latency").in([1, "two"]));
      query("api").where(on("/latency").lte(100));
      query(["edge", "asia"]).min("/latency").avg("latency");
      query().where(path("/used").lt(path("/slots").withDefault(8)));
      query(defineApplication("free")).where(path("/latency").lte(100));
      expectTypeOf(query("api")).toEqualTypeOf<QueryBuilder<Undeclared>>();
      // @ts-expect-error no such op
      query("api").where({ path: "/latency", op: "$regex", to: { value: 100 } });
      // @ts-expect-error an application is no number
      query(42);
    });
  });
});
