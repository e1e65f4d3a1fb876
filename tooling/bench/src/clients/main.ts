/** Entry point of a process of clients: `clients.js KIND PORT`, given tasks over its channel. */
import { openBarePeers } from "./bare.ts";
import type { Payload, Peers, Report, Task } from "./peer.ts";
import { openSdkPeers } from "./sdk.ts";

const [, , kind, port] = process.argv;
const peers = await (kind === "sdk" ? openSdkPeers : openBarePeers)(Number(port));

let arrived: (payload: Payload) => void = () => {};
peers.receive((payload) => arrived(payload));

process.on("message", async (task: Task) => process.send!(await run(peers, task)));
process.on("disconnect", () => process.exit(0));
process.send!("ready");

/** Sends so that at most `window` messages are under way, until all have arrived. */
async function run(peers: Peers, { messages, window, receipts }: Task): Promise<Report> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let sent = 0;
  let received = 0;
  let confirmed = 0;
  const confirm = (): void => {
    confirmed++;
    go();
  };
  function go(): void {
    if (received === messages && (!receipts || confirmed === messages)) return resolve();
    while (sent < messages && sent - (receipts ? Math.min(received, confirmed) : received) < window) {
      const receipt = peers.send(createPayload(sent++), receipts);
      if (receipts) void receipt!.then(confirm);
    }
  }
  arrived = () => {
    received++;
    if (sent - received <= window / 2) go();
  };
  const cpu = process.cpuUsage();
  const started = performance.now();
  go();
  await promise;
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

function createPayload(n: number): Payload {
  return {
    n,
    user: `user-${n % 1000}`,
    tags: ["edge", "asia"],
    text: "the quick brown fox jumps over the lazy dog. ".repeat(3),
  };
}
