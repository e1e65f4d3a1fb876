import { SingyeongError } from "../errors.ts";

/** Lets numbers pass that something can be counted up to. @throws `client/invalid-options` */
export function atLeastOne(name: string, value: number): number {
  if (value >= 1) return value;
  throw new SingyeongError("client/invalid-options", `${name} is 1 or more, not ${value}`);
}
