import { describe, expect, it } from "vitest";
import type { ResolvedOptions } from "../options/resolve.ts";
import { formatIdentify } from "./introduction.ts";

const bare = {
  app: "api",
  id: "1",
  auth: null,
  namespace: null,
  ip: null,
  tags: null,
  caps: [],
  presence: false,
} as Partial<ResolvedOptions> as ResolvedOptions;

describe("an introduction", () => {
  it("names application and id, and leaves out whatever was not given", () => {
    expect(formatIdentify(bare, null, {})).toEqual({ application_id: "api", client_id: "1" });
  });

  it("has everything that was given, and the metadata in force", () => {
    const metadata = { load: { type: "integer", value: 3 } } as const;
    const options: ResolvedOptions = {
      ...bare,
      namespace: "eu",
      ip: "10.0.0.1:80",
      tags: ["shop"],
      caps: ["receipt"],
      presence: true,
    };
    expect(formatIdentify(options, "secret", metadata)).toEqual({
      application_id: "api",
      client_id: "1",
      auth: "secret",
      namespace: "eu",
      ip: "10.0.0.1:80",
      tags: ["shop"],
      metadata,
      receive_client_updates: true,
      caps: ["receipt"],
    });
  });

  it("says of tags that there are none where an empty list was given", () => {
    expect(formatIdentify({ ...bare, tags: [] }, null, {})).toHaveProperty("tags", []);
  });
});
