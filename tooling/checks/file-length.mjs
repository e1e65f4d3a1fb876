// One idea per file: no source file is longer than 350 lines.
import { readFileSync } from "node:fs";
import { finish, listFiles } from "./files.mjs";

const maxLines = 350;
const files = listFiles(/\.(ts|mjs|tsx|css)$/);
const problems = files.flatMap((file) => {
  const lines = readFileSync(file, "utf8").split("\n").length - 1;
  return lines > maxLines ? [`${file}: ${lines} lines, at most ${maxLines}`] : [];
});
finish(problems, `${files.length} files`);
