// Time, chance and ids come through ports, so that tests step them: the globals are for adapters alone.
import { readFileSync } from "node:fs";
import { finish, listFiles } from "./files.mjs";

const ambient = /\b(Date\.now|new Date|Math\.random|setTimeout|setInterval|performance\.now|crypto\.random\w*)\b/;
const files = listFiles(/^(apps|packages)\/(server|query|protocol)\/src\/.*\.ts$/).filter(
  (file) => !file.includes("/adapters/") && !/\.(test|kit)\.ts$/.test(file),
);
const problems = files.flatMap((file) =>
  readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line, i) => {
      const code = line.replace(/^\s*(\*|\/\/|\/\*).*/, "");
      const found = ambient.exec(code);
      return found === null ? [] : [`${file}:${i + 1}: ${found[1]}: take it from a port`];
    }),
);
finish(problems, `${files.length} files`);
