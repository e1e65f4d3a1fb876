export * from "./codec.ts";
export { etfCodec } from "./etf/index.ts";
export { jsonCodec } from "./json/index.ts";
export { checkJson } from "./json/scan.ts";
export { msgpackCodec } from "./msgpack/index.ts";
export { transcode } from "./transcode.ts";
