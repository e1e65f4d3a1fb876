import type { Argument } from "../command.ts";
import { commaList, flag, type OptionValues, text } from "../options/option.ts";

/** The target in words: `APP [EXPRESSION]`. */
export const targetArguments = [
  { name: "app", summary: "the application; * is every one", complete: "application" },
  { name: "expression", summary: "what must hold, see sg help targets" },
] as const satisfies readonly Argument[];

/** Options that say who matches, beside APP and EXPRESSION. */
export const targetOptions = {
  tags: commaList("a,b", "instead of an application: clients that registered all of these tags", { short: "t" }),
  min: text("path", "of those that match, the ones with the lowest value there"),
  max: text("path", "of those that match, the ones with the highest value there"),
  avg: text("path", "of those that match, the ones closest to the mean there"),
  optional: flag("where nothing matches, choose as if there were no conditions"),
  restricted: flag("clients in restricted mode may be chosen too"),
  query: text("json", "the whole query as JSON, or @file, instead of everything above", { short: "q" }),
};

export const keyOption = text("key", "the same key goes to the same client while the same clients match", {
  short: "k",
});

/** And those that say who of them is chosen: for what goes to somebody, and for the question of who that would be. */
export const routeOptions = {
  ...targetOptions,
  key: keyOption,
  droppable: flag("where nobody matches, drop it silently"),
};

export type TargetOptions = OptionValues<typeof targetOptions> &
  Partial<Pick<OptionValues<typeof routeOptions>, "key" | "droppable">>;
