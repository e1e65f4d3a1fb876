import { connect, path, query } from "@singyeong/client";
import type { Party, Payload } from "./party.ts";

const application = "callee";

/** The client SDK, as its users write it. */
export const singyeong: Party = {
  async openCallee(port) {
    const client = await connect({ servers: `127.0.0.1:${port}`, app: application, metadata: { latency: 12 } });
    client.handle("echo", (payload) => payload);
    client.handle("upload", async (input: AsyncIterable<Payload>) => {
      let count = 0;
      for await (const _message of input) count++;
      return count;
    });
  },
  async openCaller(port) {
    const client = await connect({ servers: `127.0.0.1:${port}`, app: "caller" });
    const target = query(application).where(path("/latency").lte(100));
    return {
      echo: (payload: Payload) => client.call(target, "echo", payload),
      upload: (messages) => client.call(target, "upload", messages),
    };
  },
};
