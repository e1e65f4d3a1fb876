// Relative links in documents lead somewhere.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { finish, listFiles } from "./files.mjs";

const files = listFiles(/\.md$/);
let links = 0;
const problems = files.flatMap((file) => {
  const text = readFileSync(file, "utf8").replace(/```[\s\S]*?```/g, "");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) => {
    if (/^(https?:|mailto:|#)/.test(link)) return [];
    links++;
    return existsSync(join(dirname(file), link.split("#")[0])) ? [] : [`${file}: ${link} leads nowhere`];
  });
});
finish(problems, `${links} links in ${files.length} documents`);
