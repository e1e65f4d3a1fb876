export { compose } from "./compose.ts";
export { type LoadResult, loadConfig } from "./config/load.ts";
export { Config, type ConfigKey } from "./config/schema.ts";
export type { Server } from "./server.ts";
