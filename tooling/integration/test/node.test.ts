import { createProcessRuntime } from "../src/runtimes/processes.ts";
import { describeRuntime } from "./scenarios.kit.ts";

describeRuntime("Node.js", (consumer) => createProcessRuntime("node", consumer));
