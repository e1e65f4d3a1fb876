import { SingyeongError } from "../errors.ts";
import { quote } from "../value/describe.ts";
import { createTyped } from "./typed.ts";
import type { Typed } from "./types.ts";

declare const versionBrand: unique symbol;

/**
 * A semantic version, as text. It stands in declarations of metadata, so that queries know what is a version and what
 * mere text; {@link isVersion} and {@link versionSchema} put it there. What is read is text: `"2.1.0"`.
 */
export type Version = string & { readonly [versionBrand]: true };

/** Longest version that servers accept, in characters. */
const maxVersionLength = 1024;

/** The grammar of Semantic Versioning 2.0.0 (https://semver.org), its suggested expression. */
const semver =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/;

/**
 * A semantic version as metadata: `version("2.1.0")`. Queries compare it by precedence, so 2.10.0 comes after 2.9.0.
 * In a query it stands for its text.
 * @throws `client/invalid-value` where the text is no semantic version
 */
export function version(text: string): Typed<"version", string> {
  if (isVersion(text)) return createTyped("version", text);
  const got = typeof text === "string" ? quote(text) : `a ${typeof text}`;
  const message = `expected a semantic version such as 1.2.3 or 1.2.3-rc.1, got ${got}`;
  throw new SingyeongError("client/invalid-value", message);
}

/**
 * Whether a value is the text of a semantic version. In a declaration, for schemas that take a guard:
 * `z.object({ build: z.custom<Version>(isVersion) })`.
 */
export function isVersion(value: unknown): value is Version {
  return typeof value === "string" && value.length <= maxVersionLength && semver.test(value);
}

/** A version in a TypeBox declaration, without TypeBox at run time: `Type.Object({ build: versionSchema })`. */
export const versionSchema: { readonly "~unsafe": Version; readonly type: "string" } = {
  "~unsafe": null as never,
  type: "string",
};
