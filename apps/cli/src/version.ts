import manifest from "../package.json" with { type: "json" };

/** The version of `sg`. */
export const version: string = manifest.version;
