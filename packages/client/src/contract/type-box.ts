/** A schema of TypeBox 1, told by its marks. TypeBox itself need not be installed. */
export type TypeBoxSchema = { readonly "~kind": string } | { readonly "~unsafe": unknown };

/**
 * The type that a TypeBox schema describes, as TypeBox's own `Static` has it. Read off the shape of the schema, so that
 * these declarations name no package that users may not have. Template literals are `string`; what refers to something
 * else (`Ref`, `Cyclic`, `This`) is `unknown`: give such a schema its type with
 * `Type.Unsafe<Static<typeof schema>>(schema)`.
 */
export type TypeBoxType<S> = S extends { readonly "~unsafe": infer T }
  ? T
  : S extends { readonly "~kind": infer K }
    ? K extends keyof Leaves
      ? Leaves[K]
      : K extends "Array" | "Tuple"
        ? S extends { readonly "~immutable": true }
          ? Readonly<ListType<S>>
          : ListType<S>
        : K extends "Object" | "Record"
          ? MapType<S>
          : OtherType<S>
    : unknown;

/** Schemas without parts. */
interface Leaves {
  String: string;
  TemplateLiteral: string;
  Number: number;
  Integer: number;
  BigInt: bigint;
  Boolean: boolean;
  Null: null;
  Undefined: undefined;
  // biome-ignore lint/suspicious/noConfusingVoidType: TypeBox's `Void` is this type.
  Void: void;
  // biome-ignore lint/suspicious/noExplicitAny: TypeBox's `Any` is this type.
  Any: any;
  Unknown: unknown;
  Never: never;
}

type ListType<S> = S extends { readonly "~kind": "Array"; readonly items: infer I }
  ? TypeBoxType<I>[]
  : S extends { readonly items: infer I extends readonly unknown[] }
    ? { -readonly [N in keyof I]: TypeBoxType<I[N]> }
    : unknown;

type MapType<S> = S extends { readonly "~kind": "Object"; readonly properties: infer P }
  ? keyof P extends never
    ? object
    : ObjectType<P>
  : S extends { readonly patternProperties: infer P }
    ? { [key: string]: TypeBoxType<P[keyof P]> }
    : unknown;

type OtherType<S> = S extends { readonly "~kind": "Literal"; readonly const: infer C }
  ? C
  : S extends { readonly "~kind": "Enum"; readonly enum: infer E extends readonly unknown[] }
    ? E[number]
    : S extends { readonly "~kind": "Union"; readonly anyOf: infer A extends readonly unknown[] }
      ? { [N in keyof A]: TypeBoxType<A[N]> }[number]
      : S extends { readonly "~kind": "Intersect"; readonly allOf: infer A extends readonly unknown[] }
        ? Joined<A>
        : unknown;

type Joined<A extends readonly unknown[], All = unknown> = A extends readonly [infer First, ...infer Rest]
  ? Joined<Rest, All & TypeBoxType<First>>
  : All;

type Optional = { readonly "~optional": true };
type ReadOnly = { readonly "~readonly": true };
type KeysWith<P, Mark> = keyof P & { [K in keyof P]: P[K] extends Mark ? K : never }[keyof P];

type ObjectType<P> = Flat<
  { readonly [K in KeysWith<P, Optional> & KeysWith<P, ReadOnly>]?: TypeBoxType<P[K]> } & {
    readonly [K in Exclude<KeysWith<P, ReadOnly>, KeysWith<P, Optional>>]: TypeBoxType<P[K]>;
  } & { [K in Exclude<KeysWith<P, Optional>, KeysWith<P, ReadOnly>>]?: TypeBoxType<P[K]> } & {
    [K in Exclude<keyof P, KeysWith<P, Optional> | KeysWith<P, ReadOnly>>]: TypeBoxType<P[K]>;
  }
>;

type Flat<T> = { [K in keyof T]: T[K] } & {};
