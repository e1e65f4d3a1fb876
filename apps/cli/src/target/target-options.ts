import { commaList, flag, type OptionValues, text } from "../options/option.ts";

/** Options that say who a message, or a question, is for, beside APP and EXPRESSION. */
export const targetOptions = {
  tags: commaList("a,b", "instead of an application: clients that registered all of these tags", { short: "t" }),
  min: text("path", "of those that match, the ones with the lowest value there"),
  max: text("path", "of those that match, the ones with the highest value there"),
  avg: text("path", "of those that match, the ones closest to the mean there"),
  optional: flag("where nothing matches, choose as if there were no conditions"),
  restricted: flag("clients in restricted mode may be chosen too"),
  query: text("json", "the whole query as JSON, or @file, instead of everything above", { short: "q" }),
};

/** For messages alone. */
export const sendTargetOptions = {
  ...targetOptions,
  key: text("key", "the same key goes to the same client while the same clients match", { short: "k" }),
  droppable: flag("where nobody matches, drop it silently"),
};

export type TargetOptions = OptionValues<typeof targetOptions> &
  Partial<Pick<OptionValues<typeof sendTargetOptions>, "key" | "droppable">>;
