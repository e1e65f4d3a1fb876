export type { RegisteredClient } from "@singyeong/server";
export type { Delivered, DeliveredFilter } from "./delivered.ts";
export type { ServerSettings, StartServerOptions } from "./options.ts";
export { startServer } from "./start-server.ts";
export type {
  AwaitedClient,
  AwaitOptions,
  DsnOptions,
  SteppedTestServer,
  TestClock,
  TestConnectOptions,
  TestServer,
} from "./test-server.ts";
