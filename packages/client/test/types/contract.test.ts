import { type Static, type TSchema, Type } from "typebox";
import { Check } from "typebox/value";
import { describe, expectTypeOf, it } from "vitest";
import { type Application, type ContractOf, defineApplication } from "../../src/contract/application.ts";
import type { Undeclared } from "../../src/contract/contract.ts";
import type { BaseMetadata, MetadataInputOf, MetadataOf } from "../../src/contract/metadata.ts";
import type { StandardSchema } from "../../src/contract/standard-schema.ts";
import type { TypeBoxType } from "../../src/contract/type-box.ts";
import type { MetadataInput, Typed } from "../../src/metadata/types.ts";
import { type Version, version, versionSchema } from "../../src/metadata/version.ts";

describe("a TypeBox schema has the type that TypeBox says it has", () => {
  function same<S extends TSchema>(_schema: S) {
    return { as: expectTypeOf<TypeBoxType<S>>(), is: expectTypeOf<Static<S>>() };
  }

  it("as a leaf", () => {
    const schema = Type.Object({
      string: Type.String(),
      number: Type.Number(),
      integer: Type.Integer(),
      bigint: Type.BigInt(),
      boolean: Type.Boolean(),
      nothing: Type.Null(),
      unknown: Type.Unknown(),
      literal: Type.Literal("a"),
      choice: Type.Enum(["a", "b"]),
      never: Type.Never(),
      unsafe: Type.Unsafe<Date>({}),
      version: versionSchema,
    });
    expectTypeOf<TypeBoxType<typeof schema>>().toEqualTypeOf<Static<typeof schema>>();
    expectTypeOf<TypeBoxType<typeof schema>["version"]>().toEqualTypeOf<Version>();
    expectTypeOf<TypeBoxType<typeof schema>["choice"]>().toEqualTypeOf<"a" | "b">();
    const any = Type.Any();
    expectTypeOf<TypeBoxType<typeof any>>().toBeAny();
    expectTypeOf(same(any).is).not.toBeNever();
  });

  it("as a whole of parts", () => {
    const schema = Type.Object({
      list: Type.Array(Type.Object({ deep: Type.Array(Type.Number()) })),
      fixed: Type.Tuple([Type.String(), Type.Number()]),
      record: Type.Record(Type.String(), Type.Boolean()),
      either: Type.Union([Type.String(), Type.Object({ a: Type.Null() })]),
      optional: Type.Optional(Type.Integer()),
      fast: Type.Readonly(Type.String()),
      both: Type.Readonly(Type.Optional(Type.String())),
      immutable: Type.Immutable(Type.Array(Type.String())),
      empty: Type.Object({}),
    });
    expectTypeOf<TypeBoxType<typeof schema>>().toEqualTypeOf<Static<typeof schema>>();
    const joined = Type.Intersect([Type.Object({ a: Type.String() }), Type.Object({ b: Type.Number() })]);
    expectTypeOf<TypeBoxType<typeof joined>>().toEqualTypeOf<Static<typeof joined>>();
    const partial = Type.Partial(Type.Pick(schema, ["list", "fixed"]));
    expectTypeOf<TypeBoxType<typeof partial>>().toEqualTypeOf<Static<typeof partial>>();
  });

  it("and is unknown where it refers to something else", () => {
    const reference = Type.Ref("Node");
    expectTypeOf<TypeBoxType<typeof reference>>().toBeUnknown();
  });
});

type Contracted<A> = A extends Application<infer C> ? C : never;

describe("a declared application has a contract", () => {
  it("by TypeBox", () => {
    const metadata = Type.Object({ latency: Type.Integer(), build: versionSchema, id: Type.BigInt() });
    const message = Type.Object({ user: Type.String() });
    const gateway = defineApplication("gateway", { metadata, message, check: Check });
    expectTypeOf<Contracted<typeof gateway>["metadata"]>().toEqualTypeOf<{
      latency: number;
      build: Version;
      id: bigint;
    }>();
    expectTypeOf<Contracted<typeof gateway>["message"]>().toEqualTypeOf<{ user: string }>();
    expectTypeOf<Contracted<typeof gateway>["received"]>().toEqualTypeOf<{ user: string }>();
  });

  it("by a Standard Schema, that may read something else than was sent", () => {
    const schema = {} as StandardSchema<{ at: string }, { at: Date }>;
    const message = { ...schema };
    const declare = () => defineApplication("clock", { message });
    type C = Contracted<ReturnType<typeof declare>>;
    expectTypeOf<C["message"]>().toEqualTypeOf<{ at: string }>();
    expectTypeOf<C["received"]>().toEqualTypeOf<{ at: Date }>();
    expectTypeOf<C["metadata"]>().toBeAny();
  });

  it("of its queues, by name", () => {
    const schema = {} as StandardSchema<{ at: string }, { at: Date }>;
    const queues = { jobs: Type.Object({ n: Type.Integer() }), dates: { ...schema } };
    const declare = () => defineApplication("worker", { queues });
    type Q = Contracted<ReturnType<typeof declare>>["queues"];
    expectTypeOf<Q["jobs"]>().toEqualTypeOf<{ readonly pushed: { n: number }; readonly received: { n: number } }>();
    expectTypeOf<Q["dates"]>().toEqualTypeOf<{ readonly pushed: { at: string }; readonly received: { at: Date } }>();
    const checked = () => defineApplication("worker", { message: Type.String(), queues, check: Check });
    expectTypeOf<Contracted<ReturnType<typeof checked>>["message"]>().toBeString();
  });

  it("or none at all", () => {
    const free = defineApplication("free");
    expectTypeOf<Contracted<typeof free>["metadata"]>().toBeAny();
    expectTypeOf<Contracted<typeof free>["message"]>().toBeAny();
    expectTypeOf<Contracted<typeof free>["queues"]>().toBeAny();
    expectTypeOf<Application<ContractOf<never, never>>>().toExtend<Application<Undeclared>>();
  });

  it("and is not made from what is no schema", () => {
    const misuse = () => {
      // @ts-expect-error a JSON Schema says nothing about types
      defineApplication("plain", { message: { type: "string" } });
      // @ts-expect-error an id is text
      defineApplication<never, never>(42);
    };
    expectTypeOf(misuse).toBeFunction();
  });
});

describe("metadata that was declared", () => {
  type Declared = {
    latency: number;
    build: Version;
    id: bigint;
    region: "eu" | "us";
    tags: string[];
    limits: { cpu: number; since?: Version };
    note?: string;
  };

  it("is read as it was declared, but for bigints that are small", () => {
    expectTypeOf<MetadataOf<Declared>>().toEqualTypeOf<{
      readonly latency: number;
      readonly build: Version;
      readonly id: bigint | number;
      readonly region: "eu" | "us";
      readonly tags: readonly string[];
      readonly limits: { readonly cpu: number; readonly since?: Version };
      readonly note?: string;
    }>();
    expectTypeOf<MetadataOf<Declared>["build"]>().toExtend<string>();
    expectTypeOf<MetadataOf<Undeclared["metadata"]>["whatever"]>().toBeAny();
  });

  it("is set as it was declared, versions by version()", () => {
    const good: MetadataInputOf<Declared> = {
      latency: 12,
      build: version("2.1.0"),
      id: 1n,
      region: "eu",
      tags: ["a"],
      limits: { cpu: 1, since: "1.0.0" },
    };
    expectTypeOf(good.note).toEqualTypeOf<string | Typed<"string", string> | undefined>();
    const set = (_changes: Partial<MetadataInputOf<Declared>>) => undefined;
    set({ latency: 12 });
    set({ build: version("2.1.0") });
    // @ts-expect-error text is no version
    set({ build: "2.1.0" });
    // @ts-expect-error text is no number
    set({ latency: "12" });
    // @ts-expect-error no such region
    set({ region: "mars" });
    // @ts-expect-error no such key
    set({ latenzy: 12 });
    // @ts-expect-error a key is removed by remove
    set({ note: null });
    // @ts-expect-error a list of something else
    set({ tags: [1] });
    expectTypeOf<MetadataInputOf<Undeclared["metadata"]>>().toEqualTypeOf<MetadataInput>();
    expectTypeOf<BaseMetadata["ip"]>().toEqualTypeOf<string | null>();
  });

  it("tells typed values from plain maps", () => {
    expectTypeOf<{ type: "version"; value: string }>().not.toExtend<Typed<"version">>();
  });
});
