// The program that runs one scenario in a page: the harness has put `harness` there, and calls `runScenario`.
import type { Downward, Upward } from "../stage/commands.ts";
import { setHeapMeter, watchGlobals } from "./census.ts";
import { createRejections } from "./rejections.ts";
import { perform } from "./world.ts";

interface Harness {
  /** Resolves when the harness has seen to it. */
  harness(message: string): Promise<void>;
  heapBytes(): Promise<number>;
  runScenario(name: string): Promise<void>;
  answer(answer: Downward): void;
}
const page = globalThis as unknown as Harness;

const rejections = createRejections();
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  rejections.note(event.reason);
});

watchGlobals();
setHeapMeter(() => page.heapBytes());
const { scenarios } = await import("./scenarios/index.ts");
page.runScenario = (name) => {
  const scenario = scenarios[name]!;
  const channel = {
    post: (message: Upward) => page.harness(JSON.stringify(message)),
    listen: (handler: (answer: Downward) => void) => {
      page.answer = handler;
    },
  };
  return perform(scenario, channel, rejections);
};
