import { describe, expect, it } from "vitest";
import { commands } from "./command-table.ts";
import { parseCommandLine } from "./program.ts";

const parse = (...argv: string[]) => parseCommandLine(commands, argv);

describe("a command line", () => {
  it("names a command, its arguments and its options, those of every command anywhere", () => {
    const request = parse("--json", "send", "api", "-k", "user-17", "{}", "--server", "a:1", "--in-flight=5");
    expect(request).toMatchObject({
      type: "run",
      command: { name: "send" },
      args: ["api", "{}"],
      options: { key: "user-17", inFlight: 5, keepGoing: false, tags: [] },
      global: { json: true, server: "a:1", timeout: 10_000 },
    });
  });

  it("repeats options that may be", () => {
    const request = parse("watch", "-m", "a=1", "--meta", "b=2", "--tags", "x,y", "-t", "z");
    expect(request).toMatchObject({ options: { meta: ["a=1", "b=2"], tags: ["x", "y", "z"] } });
  });

  it("takes what looks like an option behind --, and negative numbers anywhere", () => {
    expect(parse("send", "api", "--", "--x")).toMatchObject({ args: ["api", "--x"] });
    expect(parse("send", "api", "-5")).toMatchObject({ args: ["api", "-5"] });
    expect(parse("send", "api", "-")).toMatchObject({ args: ["api", "-"] });
  });

  it.each([
    [[], []],
    [["--help"], []],
    [["send", "--help"], ["send"]],
    [["send", "-h", "--bogus"], ["send"]],
    [["context"], ["context"]],
    [
      ["context", "add", "--help"],
      ["context", "add"],
    ],
  ])("%j asks for help", (argv, path) => expect(parse(...argv)).toEqual({ type: "help", path }));

  it("may have an option whose name begins with no-", () => {
    expect(parse("queue", "consume", "jobs", "--no-ack")).toMatchObject({ options: { noAck: true } });
    expect(parse("queue", "consume", "jobs")).toMatchObject({ options: { noAck: false } });
  });

  it.each([
    [["nods"], 'unknown command "nods" (Did you mean nodes?)', "sg help lists the commands."],
    [["send", "--kep", "x"], 'unknown option "--kep" (Did you mean --key?)', "sg help send shows how it is used."],
    [["meta"], 'missing required argument "app"', "sg help meta shows how it is used."],
    [["nodes", "a", "b"], 'too many arguments for "nodes"', "sg help nodes shows how it is used."],
    [["bench", "--size", "1"], '--size: "1" is not a whole number from 64 to 1000000', undefined],
    [["bench", "--event", "x"], '--event: "x" is none of send, broadcast', undefined],
    [["nodes", "--timeout", "x"], '--timeout: "x" is no time', undefined],
    [["nodes", "--timeout"], 'option "--timeout <time>" argument missing', "sg help nodes shows how it is used."],
    [["queue", "push", "jobs", "--delay", "366d"], '--delay: "366d" is no time between 1ms and 365d', undefined],
    [["queue", "push", "jobs", "--max-attempts", "65536"], "is not a whole number from 1 to 65535", undefined],
    [["queue", "consume", "jobs", "--concurrency", "10001"], "is not a whole number from 1 to 10000", undefined],
    [["queue", "purge", "jobs", "--state", "leased"], '"leased" is none of ready, delayed, dead, all', undefined],
    [["context", "bogus"], 'unknown command "bogus"', "sg help context shows how it is used."],
  ])("%j is refused", (argv, message, advice) => {
    expect(() => parse(...argv)).toThrow(
      expect.objectContaining({ outcome: "misuse", message: expect.stringContaining(message), advice }),
    );
  });

  it("has help with an example for every command", () => {
    const all = commands.flatMap((command) => [command, ...(command.subcommands ?? [])]);
    for (const { name, examples, summary } of all) {
      expect(examples, name).not.toEqual([]);
      expect(summary, name).not.toBe("");
    }
  });

  it("has options whose letters are each used once", () => {
    for (const command of commands.flatMap((each) => [each, ...(each.subcommands ?? [])])) {
      const letters = Object.values(command.options).flatMap(({ short }) => (short === undefined ? [] : [short]));
      expect(new Set([...letters, "s", "c", "j", "h"]).size, command.name).toBe(letters.length + 4);
    }
  });
});
