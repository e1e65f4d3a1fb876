// Time, chance and ids come through ports, so that tests step them: the globals are for adapters alone.
import { readFileSync } from "node:fs";
import { finish, listFiles } from "./files.mjs";

/** What is asked of the runtime itself. */
const globals =
  /\b(Date\.now|new Date|Math\.random|setTimeout|setInterval|setImmediate|queueMicrotask|performance\.now|crypto\.(?:random|getRandom)\w*)\b/;
/** What is left of `globals` for sockets: they report in a later turn as a runtime's own do, and tests wait for them so. */
const inTransport = new RegExp(globals.source.replace("|queueMicrotask", ""));
/** The port that the globals have become, named where it is put in. */
const systemPlatform = /"([^"]*\/platform\/system\.ts)"/;

/**
 * What is looked at for what. A file is of the first source that it matches; of those with `null` the globals are the
 * business.
 */
const sources = [
  [/^apps\/server\/src\/adapters\//, null],
  [/^apps\/server\/src\//, [globals]],
  [/^packages\/(query|protocol)\/src\//, [globals]],
  [/^packages\/client\/src\/platform\//, null],
  // Masks of WebSocket frames are to be unpredictable, in tests as well.
  [/^packages\/client\/src\/transport\/frame-batch\.ts$/, null],
  // What a program calls: here the client gets its platform.
  [/^packages\/client\/src\/(connect\.ts|http\/)/, [globals]],
  [/^packages\/client\/src\/transport\//, [inTransport, systemPlatform]],
  [/^packages\/client\/src\//, [globals, systemPlatform]],
];

const problems = [];
const seen = new Set();
let looked = 0;
for (const file of listFiles(/\.ts$/)) {
  if (/\.(test|kit)\.ts$/.test(file)) continue;
  const source = sources.find(([pattern]) => pattern.test(file));
  seen.add(source);
  const unwanted = source?.[1] ?? [];
  if (unwanted.length > 0) looked++;
  for (const [i, line] of readFileSync(file, "utf8").split("\n").entries()) {
    const code = line.replace(/^\s*(\*|\/\/|\/\*).*/, "");
    for (const pattern of unwanted) {
      const found = pattern.exec(code);
      if (found !== null) problems.push(`${file}:${i + 1}: ${found[1]}: take it from a port`);
    }
  }
}
for (const source of sources)
  if (!seen.has(source)) problems.push(`no file matches ${source[0]}: this check has gone blind`);
finish(problems, `${looked} files`);
