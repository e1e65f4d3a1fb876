// Time, chance and ids come through ports, so that tests step them: the globals are for adapters alone.
import { readFileSync } from "node:fs";
import { finish, listFiles } from "./files.mjs";

const ambient =
  /\b(Date\.now|new Date|Math\.random|setTimeout|setInterval|setImmediate|performance\.now|crypto\.(random|getRandom)\w*)\b/;
/** What is looked at, and in each the folder where the globals become a port. */
const sources = [
  [/^apps\/server\/src\/.*\.ts$/, "/adapters/"],
  [/^packages\/(query|protocol)\/src\/.*\.ts$/, null],
  [/^packages\/client\/src\/.*\.ts$/, "/src/platform/"],
];

let looked = 0;
const problems = sources.flatMap(([pattern, exempt]) =>
  listFiles(pattern)
    .filter((file) => !/\.(test|kit)\.ts$/.test(file) && (exempt === null || !file.includes(exempt)))
    .flatMap(findAmbient),
);
finish(problems, `${looked} files`);

function findAmbient(file) {
  looked++;
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line, i) => {
      const code = line.replace(/^\s*(\*|\/\/|\/\*).*/, "");
      const found = ambient.exec(code);
      return found === null ? [] : [`${file}:${i + 1}: ${found[1]}: take it from a port`];
    });
}
