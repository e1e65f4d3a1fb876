import { createChromium } from "../src/runtimes/chromium.ts";
import { describeRuntime } from "./scenarios.kit.ts";

describeRuntime("a page of Chromium, bundled", (consumer) => createChromium("bundle", consumer));
describeRuntime("a page of Chromium, as native modules", (consumer) => createChromium("modules", consumer));
