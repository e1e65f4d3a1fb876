import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadConfig } from "./load.ts";
import { formatConfig, formatHelp } from "./print.ts";
import { resolveConfig } from "./resolve.ts";
import { configKeys, flagName } from "./schema.ts";

const folder = mkdtempSync(join(tmpdir(), "singyeong-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(content: string): string {
  const path = join(folder, `${++files}.yaml`);
  writeFileSync(path, content);
  return path;
}

function load(args: string[], env: Record<string, string> = {}) {
  const loaded = loadConfig(args, env);
  if (loaded.type !== "settings") throw new Error(JSON.stringify(loaded));
  return loaded;
}

describe("settings", () => {
  it("have defaults for everything", () => {
    expect(load([]).config).toMatchObject({ port: 4567, host: "0.0.0.0", auth: "", logLevel: "warn", origins: [] });
    expect(Object.keys(load([]).config)).toEqual(configKeys);
  });

  it("come from flags before the environment before the file", () => {
    const path = file("port: 1\nhost: filehost\nmaxDepth: 99\n");
    const { config, sources } = load(["--port", "3", "--config", path], { PORT: "2", HOST: "envhost" });
    expect([config.port, config.host, config.maxDepth]).toEqual([3, "envhost", 99]);
    expect([sources.get("port"), sources.get("host"), sources.get("maxDepth")]).toEqual([
      "--port",
      "HOST",
      `${path}: maxDepth`,
    ]);
  });

  it("take the original's PORT and AUTH, the prefixed names winning", () => {
    expect(load([], { PORT: "80", AUTH: "pw" }).config).toMatchObject({ port: 80, auth: "pw" });
    expect(load([], { PORT: "80", SINGYEONG_PORT: "81" }).config.port).toBe(81);
    expect(load([], { PORT: "" }).config.port).toBe(4567);
  });

  it("read lists from comma-separated text", () => {
    expect(load(["--origins", "https://a.example, https://b.example"]).config.origins).toEqual([
      "https://a.example",
      "https://b.example",
    ]);
  });

  it("are refused all together, each by the name that the user wrote", () => {
    const path = file("colour: red\nmaxDepth: deep\n");
    const loaded = loadConfig(["--listener=fast", "--bogus", "stray", "--config", path], { PORT: "http" });
    expect(loaded).toEqual({
      type: "wrong",
      problems: [
        `${path}: colour: there is no such setting`,
        "--bogus: there is no such flag; --help lists them",
        "stray: not understood; settings are given as --name value",
        'PORT: "http" is not a whole number from 0 to 65535',
        '--listener: "fast" is not one of auto, uws, node',
        `${path}: maxDepth: "deep" is not a whole number from 8 to 1000`,
      ],
    });
  });

  it("report a file that is missing or no map", () => {
    expect(loadConfig(["--config", "/nonexistent.yaml"], {})).toMatchObject({
      type: "wrong",
      problems: ["/nonexistent.yaml: there is no such file"],
    });
    expect(loadConfig(["--config", file("- a\n")], {})).toMatchObject({
      type: "wrong",
      problems: [expect.stringContaining("expected a map")],
    });
  });

  it.each(["port", "auth", "config"])("are refused where --%s has no value", (name) => {
    const problems = [`--${name}: a value is missing`];
    expect(loadConfig([`--${name}`], {})).toEqual({ type: "wrong", problems });
    expect(loadConfig(["--listener", "node", `--${name}`], {})).toEqual({ type: "wrong", problems });
  });

  it("give way to what is asked for instead", () => {
    expect(loadConfig(["--help", "--config"], {})).toEqual({ type: "help" });
    expect(loadConfig(["--version"], {})).toEqual({ type: "version" });
    expect([load(["--print-config"]).printConfig, load([]).printConfig]).toEqual([true, false]);
  });

  it("never show the password", () => {
    const { config, sources } = load([], { AUTH: "hunter2" });
    expect(formatConfig(config, sources)).toContain('auth: "********" # AUTH');
    const refused = loadConfig(["--auth"], {});
    expect(JSON.stringify(refused)).toContain("--auth: a value is missing");
  });

  it("print as a file that gives the same settings again", () => {
    const { config, sources } = load(["--port", "99", "--origins", "https://a.example"]);
    expect(load(["--config", file(formatConfig(config, sources))]).config).toEqual(config);
  });

  it("are all in the help", () => {
    for (const key of configKeys) expect(formatHelp()).toContain(`--${flagName(key)} `);
  });
});

describe("settings given by a program", () => {
  it("are completed with the defaults and frozen", () => {
    const config = resolveConfig({ port: 0, auth: "pw", maxDepth: undefined });
    expect(config).toEqual({ ...load([]).config, port: 0, auth: "pw" });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it("are refused all together where they are wrong", () => {
    const settings = { colour: "red", maxDepth: 1, listener: "fast" } as object;
    expect(() => resolveConfig(settings)).toThrow(
      new TypeError(
        "settings are wrong: colour: there is no such setting; listener: this is not one of auto, uws, node; " +
          "maxDepth: this is not a whole number from 8 to 1000",
      ),
    );
  });
});
