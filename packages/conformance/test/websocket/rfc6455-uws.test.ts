import { webSocketSuite } from "./suite.kit.ts";

webSocketSuite("uws");
