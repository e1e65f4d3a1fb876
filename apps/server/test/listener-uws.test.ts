import { describeListener } from "./listener-kit.ts";

describeListener("uws", async () => (await import("../src/adapters/listener-uws/listener-uws.ts")).createUwsListener);
