// What packages offer is written down in their `api` folders, so that a change of it is seen; `--update` writes it anew.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";
import { finish, listFiles } from "./files.mjs";

const update = process.argv.includes("--update");
const temporary = mkdtempSync(join(tmpdir(), "singyeong-api-"));
const compilerOptions = {
  target: "ES2023",
  module: "NodeNext",
  moduleResolution: "NodeNext",
  lib: ["ES2024", "ESNext.Disposable", "DOM", "DOM.AsyncIterable"],
  strict: true,
  exactOptionalPropertyTypes: true,
  // Declarations are checked where they are installed, in tooling/integration.
  skipLibCheck: true,
  types: [],
};

const entries = listFiles(/^(packages|apps)\/[^/]+\/package\.json$/).flatMap(listEntries);
const problems = entries.flatMap(report);
rmSync(temporary, { recursive: true });
finish(problems, `${entries.length} entries`);

/** The ways into a package that have types. */
function listEntries(manifest) {
  const { private: isPrivate, exports } = JSON.parse(readFileSync(manifest, "utf8"));
  const typed = isPrivate === true ? [] : Object.values(exports).filter((entry) => entry.types !== undefined);
  return typed.map(({ types }) => ({ manifest, types }));
}

/** Compares an entry's declarations with its report, or writes it; returns what is wrong. */
function report({ manifest, types }) {
  const folder = resolve(dirname(manifest));
  const reportFolder = join(folder, "api");
  const reportFileName = `${basename(types, ".d.ts")}.api.md`;
  if (update) mkdirSync(reportFolder, { recursive: true });
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: resolve(manifest),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: join(folder, types),
      compiler: { overrideTsconfig: { compilerOptions } },
      // What is part of an exported type and is not exported itself shows as well.
      apiReport: {
        enabled: true,
        reportFileName,
        reportFolder,
        reportTempFolder: temporary,
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
      newlineKind: "lf",
    },
  });
  const found = [];
  const { succeeded } = Extractor.invoke(config, {
    localBuild: update,
    printApiReportDiff: !update,
    messageCallback(message) {
      if (message.logLevel !== ExtractorLogLevel.None && message.category !== "console") found.push(message.text);
      if (message.messageId === "console-api-report-diff") found.push(message.text);
      message.handled = true;
    },
  });
  if (succeeded) return [];
  const advice = `api/${reportFileName} is out of date: pnpm api rewrites it`;
  return [`${dirname(manifest)}: ${advice}\n${found.join("\n")}`.trimEnd()];
}
