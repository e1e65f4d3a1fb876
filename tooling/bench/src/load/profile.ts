/** Who the clients of a benchmark are: ten metadata keys each, of every type, alike in every run. */

/** Typed metadata as clients send it. */
export type TypedMetadata = Readonly<Record<string, { readonly type: string; readonly value: unknown }>>;

/** The application of the clients that messages go to. */
export const application = "gateway";
/** The application of those that only send, so that they are no candidates. */
export const senderApplication = "sender";

const regions = ["eu", "us", "ap", "sa"] as const;

/** A guild list has this many entries where nothing else is asked for. */
export const guildsEach = 10;

export const regionOf = (client: number): string => regions[client % regions.length]!;

/** At least 20, which is above what any query of {@link file://./traffic.ts} asks for. */
const latencyOf = (client: number): number => 20 + ((client * 37) % 480);

/** Guilds that no query asks for: nobody else has them. */
export function ownGuilds(client: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => String(900_000_000_000_000_000n + BigInt(client * guildsEach + i)));
}

/** Ten keys: who and where a client is, how loaded, and which guilds it serves. */
export function createProfile(client: number, guilds: readonly string[]): TypedMetadata {
  return {
    region: { type: "string", value: regionOf(client) },
    latency: { type: "integer", value: latencyOf(client) },
    load: { type: "float", value: ((client * 13) % 100) / 100 + 0.001 },
    build: { type: "version", value: `1.${client % 7}.${client % 23}` },
    guilds: { type: "list", value: guilds },
    beta: { type: "boolean", value: client % 10 === 0 },
    zone: { type: "string", value: `${regionOf(client)}-${client % 12}` },
    shard: { type: "integer", value: client },
    host: { type: "string", value: `node-${client}.internal` },
    spec: { type: "map", value: { cores: 2 + (client % 4), arch: client % 3 === 0 ? "arm64" : "x64" } },
  };
}
