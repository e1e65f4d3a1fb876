// `node src/check/main.ts FILE`: checks a history that was written before. Exits with 1 where a rule was broken.
import { readHistory } from "../history/read-history.ts";
import { checkHistory } from "./check-history.ts";
import { formatVerdict } from "./report.ts";

const [path] = process.argv.slice(2);
if (path === undefined) {
  process.stderr.write("usage: check-history FILE\n");
  process.exit(2);
}
const verdict = await checkHistory(readHistory(path));
process.stdout.write(`${await formatVerdict(verdict, path)}\n`);
process.exit(verdict.violations.length === 0 ? 0 : 1);
