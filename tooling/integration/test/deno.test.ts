import { createProcessRuntime } from "../src/runtimes/processes.ts";
import { describeRuntime } from "./scenarios.kit.ts";

describeRuntime("Deno", (consumer) => createProcessRuntime("deno", consumer));
