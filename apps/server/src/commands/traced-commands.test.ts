import { expect, it } from "vitest";
import { commands } from "./table.ts";
import type { SwitchedTracer } from "./traced-commands.ts";
import { traceCommands } from "./traced-commands.ts";

const messages = ["SEND", "BROADCAST", "QUEUE", "PUBLISH", "CALL"];

/** A tracer that is switched by hand. */
function createSwitch(): { tracer: SwitchedTracer; turn(isOn: boolean): void } {
  const tasks: ((isOn: boolean) => void)[] = [];
  const tracer = { isOn: false, start: () => null, onSwitch: (task: (isOn: boolean) => void) => void tasks.push(task) };
  return {
    tracer,
    turn(isOn) {
      for (const task of tasks) task(isOn);
    },
  };
}

it("runs the very functions that were given while nobody takes spans, and again after that", () => {
  const { tracer, turn } = createSwitch();
  const traced = traceCommands(commands, tracer);
  const replaced = () =>
    [...traced].filter(([event, { run }]) => run !== commands.get(event)!.run).map(([event]) => event);
  expect([[...traced.keys()], replaced()]).toEqual([[...commands.keys()], []]);
  turn(true);
  expect(replaced().sort()).toEqual([...messages].sort());
  turn(false);
  expect(replaced()).toEqual([]);
});

it("leaves everything else of a command as it is", () => {
  const traced = traceCommands(commands, createSwitch().tracer);
  for (const [event, command] of commands) expect(traced.get(event)).toEqual(command);
});
