import { codeOf, equal } from "../check.ts";
import type { Scenario } from "../world.ts";
import { join } from "./parties.ts";

/** A wrong password, one that no server asked for, and none where one is needed. */
export const password: Scenario = async (world) => {
  const server = await world.startServer("--auth", "s3cret");
  const open = await world.startServer();
  for (const encoding of ["json", "msgpack"] as const) {
    const wrong = "client/wrong-password";
    equal(await codeOf(join(server, "ann", { encoding, auth: "guess" })), wrong, "a wrong password");
    equal(await codeOf(join(open, "ann", { encoding, auth: "s3cret" })), wrong, "a password for an open server");
  }
  await using ann = await join(server, "ann", { auth: "s3cret" });
  await using bob = await join(`singyeong://desk:s3cret@${server}`, "bob");
  await using eve = await join(server, "eve");
  equal([ann.restricted, bob.restricted, eve.restricted], [false, false, true], "who is restricted");
  equal(await codeOf(eve.send("desk", 1)), "dispatch/restricted", "sending in restricted mode");
};
