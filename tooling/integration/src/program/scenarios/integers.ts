import { equal } from "../check.ts";
import type { Scenario } from "../world.ts";
import { join } from "./parties.ts";

/** The far ends of what 64 bits hold, and what doubles begin to blur. */
const snowflakes = [2n ** 63n - 1n, -(2n ** 63n), 9007199254740993n];

/** Whole numbers beyond 2^53 keep their digits, in payloads and in metadata, whatever the encodings are. */
export const integers: Scenario = async (world) => {
  const server = await world.startServer();
  for (const here of ["json", "msgpack"] as const) {
    for (const there of ["json", "msgpack"] as const) {
      await using sender = await join(server, "sender", { encoding: here });
      const metadata = { guild: snowflakes[0]!, guilds: snowflakes };
      await using receiver = await join(server, "receiver", { encoding: there, metadata });
      const inbox = receiver.messages();
      const guildIs = (value: bigint) =>
        ({ application: "desk", ops: [{ path: "/guild", op: "$eq", to: { value } }] }) as const;

      equal((await sender.send(guildIs(snowflakes[0]!), { ids: snowflakes })).count, 1, `${here} to ${there}`);
      equal((await inbox.next()).value!.payload, { ids: snowflakes }, `ids from ${here} to ${there}`);
      const [node] = await sender.queryNodes(guildIs(snowflakes[0]!));
      const { guild, guilds } = node!.metadata;
      equal({ guild, guilds }, metadata, `metadata of ${there} seen in ${here}`);
      equal(await sender.queryNodes(guildIs(snowflakes[0]! - 1n)), [], "a neighbour that is not the same");
    }
  }
};
