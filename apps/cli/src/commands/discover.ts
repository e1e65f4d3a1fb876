import { defineCommand } from "../command.ts";
import { flag } from "../options/option.ts";
import { escapeText } from "../output/escape.ts";

export const discoverCommand = defineCommand({
  name: "discover",
  group: "look",
  summary: "list applications by tags",
  details: ["An application is listed where one of its clients registered all of the tags."],
  arguments: [{ name: "tag", summary: "a tag that must be there", required: true, variadic: true }],
  options: { exitCode: flag("end with 5 where there is none, instead of 0") },
  examples: [{ line: "sg discover edge asia", does: "applications with a client that has both tags" }],
  async run(session, tags, { exitCode }) {
    const http = await session.http();
    const apps = (await http.discover(tags, { timeoutMs: session.global.timeout })).toSorted();
    const { out } = session;
    if (out.json) out.document(apps);
    else if (apps.length === 0) out.note("No application has all of these tags.");
    else for (const app of apps) out.line(escapeText(app));
    return apps.length === 0 && exitCode ? "noMatch" : "ok";
  },
});
