import { createProcessRuntime } from "../src/runtimes/processes.ts";
import { describeRuntime } from "./scenarios.kit.ts";

describeRuntime("Bun", (consumer) => createProcessRuntime("bun", consumer));
