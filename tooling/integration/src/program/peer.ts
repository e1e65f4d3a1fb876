// A client in a process of its own, for scenarios to kill: its role and the server are the arguments. It says so when it is ready.
import process from "node:process";
import { type Client, connect } from "@singyeong/client";

const roles: Readonly<Record<string, (client: Client) => unknown>> = {
  /** Counts for whoever calls, and never stops. */
  counter: (client) =>
    client.handle("count", async function* count() {
      for (let i = 0; ; i++) yield i;
    }),
  /** Calls whoever is `ann`, and waits for the end of it. */
  watcher: async (client) => {
    for await (const seen of client.call(who("ann"), "watch")) void client.send(who("ann"), { seen });
  },
  /** Is a member of a group and never done with what it gets. */
  sleeper: (client) =>
    client
      .subscribe(
        "work.*",
        async (event) => {
          await client.send(who("ann"), { taken: event.payload });
          await new Promise(() => {});
        },
        { group: "workers" },
      )
      .subscribed(),
};

const [role, server] = process.argv.slice(2) as [string, string];
const client = await connect({ servers: server, app: "desk", id: role, metadata: { who: role } });
const done = roles[role]!(client);
if (role !== "watcher") await done;
process.stdout.write("ready\n");

function who(id: string) {
  return { application: "desk", ops: [{ path: "/who", op: "$eq", to: { value: id } }] } as const;
}
