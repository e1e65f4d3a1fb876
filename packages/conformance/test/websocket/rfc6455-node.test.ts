import { webSocketSuite } from "./suite.kit.ts";

webSocketSuite("node");
