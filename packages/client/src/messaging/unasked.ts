import { SingyeongError } from "../errors.ts";
import type { Core } from "./core.ts";

/** Why nothing of an extension can be had that the option `caps` leaves out; `null` where it was asked for. */
export function unaskedFor({ options: { caps } }: Pick<Core, "options">, extension: string): SingyeongError | null {
  if (caps.includes(extension)) return null;
  return new SingyeongError("client/unsupported", `this client did not ask for ${extension} (the option caps)`);
}
