export * from "./dispatch.ts";
export * from "./frame.ts";
export * from "./http.ts";
export * from "./metadata.ts";
export * from "./query.ts";
export * from "./value.ts";
