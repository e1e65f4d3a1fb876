/** Targets of the model's messages: each as the query that goes over the wire, and as a plain predicate beside it. */
import { createEngine, parseQuery } from "@singyeong/query";
import { createTestClient } from "../../testing/fixtures.ts";

export interface Metadata {
  readonly color?: string | undefined;
  readonly load?: number | undefined;
}

/** Of clients as they come, by id. */
export const usualMetadata: Readonly<Record<string, Metadata>> = {
  a: { color: "red", load: 1 },
  b: { color: "blue", load: 0 },
  c: {},
  d: { color: "red" },
};

export interface ModelTarget {
  readonly query: object;
  fits(metadata: Metadata): boolean;
  readonly isOptional: boolean;
  readonly key: string | null;
  /** Goes to the client of the lowest load, those with none last. */
  readonly prefersLowLoad: boolean;
}

const plain = { isOptional: false, key: null, prefersLowLoad: false };
const anybody = (): boolean => true;
const ops = (color: string) => [{ path: "/color", op: "$eq", to: { value: color } }];
const red = ({ color }: Metadata): boolean => color === "red";
const blue = ({ color }: Metadata): boolean => color === "blue";

export const targets: readonly ModelTarget[] = [
  { ...plain, query: {}, fits: anybody },
  { ...plain, query: { application: "app", droppable: true }, fits: anybody },
  { ...plain, query: { application: "app", ops: ops("red") }, fits: red },
  { ...plain, query: { ops: ops("blue") }, fits: blue },
  { ...plain, query: { ops: ops("green") }, fits: () => false },
  { ...plain, query: { application: "other" }, fits: () => false },
  { ...plain, query: { ops: ops("red"), optional: true }, fits: red, isOptional: true },
  { ...plain, query: { key: "k1" }, fits: anybody, key: "k1" },
  { ...plain, query: { key: "k2", ops: ops("blue"), optional: true }, fits: blue, key: "k2", isOptional: true },
  { ...plain, query: { selector: { $min: "/load" } }, fits: anybody, prefersLowLoad: true },
  {
    ...plain,
    query: { ops: ops("red"), selector: { $min: "/load" }, optional: true },
    fits: red,
    isOptional: true,
    prefersLowLoad: true,
  },
];

const owners = new Map<string, string>();

/** Whom the ring gives a key: a function of the key and of the names in the set alone. */
export function pickByKey(key: string, ids: readonly string[]): string {
  const asked = `${key}:${[...ids].sort()}`;
  const known = owners.get(asked);
  if (known !== undefined) return known;
  const engine = createEngine({ random: () => 0 });
  for (const id of ids) engine.join(createTestClient({ id }).client);
  const parsed = parseQuery({ key });
  if (!parsed.ok) throw new Error(parsed.message);
  const { id } = engine.chooseOne(parsed.query)!;
  owners.set(asked, id);
  return id;
}
