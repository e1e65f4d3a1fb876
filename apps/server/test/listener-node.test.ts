import { createNodeListener } from "../src/adapters/listener-node/listener-node.ts";
import { describeListener } from "./listener-kit.ts";

describeListener("node", async () => createNodeListener);
