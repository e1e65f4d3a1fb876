import { ServiceBroker } from "moleculer";
import type { Party } from "./party.ts";

/** Remote actions of moleculer over NATS, with its defaults, but for the log. */
export const moleculer: Party = {
  async openCallee(port) {
    const broker = createBroker("callee", port);
    broker.createService({ name: "bench", actions: { echo: ({ params }: { params: unknown }) => params } });
    await broker.start();
  },
  async openCaller(port) {
    const broker = createBroker("caller", port);
    await broker.start();
    await broker.waitForServices("bench");
    return { echo: (payload) => broker.call("bench.echo", payload), upload: null };
  },
};

function createBroker(nodeID: string, port: number): ServiceBroker {
  const transporter = { type: "NATS", options: { url: `nats://127.0.0.1:${port}` } } as const;
  return new ServiceBroker({ nodeID, transporter, logger: false });
}
