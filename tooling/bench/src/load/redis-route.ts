import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { messageTail, numberAt, numberDigits, payloadHead } from "./payload.ts";
import { createLedger } from "./queue-ledger.ts";
import { pushable, type QueueRound, type QueueRoute, runRound } from "./queue-round.ts";
import { createReplyReader, formatCommand, type Reply } from "./resp.ts";

const group = "group";

/**
 * The same rounds through a Redis stream: XADD; XREADGROUP, which waits; and of every message an XACK and an XDEL, since an
 * acknowledged one would stay in the stream. What was read, and the next XREADGROUP, leave in one write.
 */
export async function openRedisRoute(port: number, stream: string, consumers: number): Promise<QueueRoute> {
  const ledger = createLedger();
  let confirm = (): void => {};
  let acknowledged = (_count: number): void => {};
  const producer = await openRedis(port, () => confirm());
  const workers: Socket[] = [];

  const push = (count: number): void => {
    const first = ledger.number(count);
    let commands = "";
    for (let i = 0; i < count; i++) {
      const payload = payloadHead + String(first + i).padStart(numberDigits, "0") + messageTail;
      commands += formatCommand("XADD", stream, "*", "p", payload);
    }
    producer.write(commands, "latin1");
  };

  async function openWorker(name: string, prefetch: number): Promise<void> {
    const read = formatCommand(
      ...["XREADGROUP", "GROUP", group, name, "COUNT", String(prefetch)],
      ...["BLOCK", "0", "STREAMS", stream, ">"],
    );
    const worker = await openRedis(port, (reply) => {
      if (typeof reply === "number") return acknowledged(reply);
      let commands = "";
      for (const [id, payload] of readEntries(reply)) {
        ledger.deliver(Number(payload.slice(numberAt, numberAt + numberDigits)));
        commands += formatCommand("XACK", stream, group, id) + formatCommand("XDEL", stream, id);
      }
      worker.write(commands + read, "latin1");
    });
    workers.push(worker);
    worker.write(read, "latin1");
  }

  async function run(round: QueueRound): Promise<number> {
    for (let i = workers.length; i < consumers; i++)
      await openWorker(`worker-${i}`, Math.ceil(round.prefetch / consumers));
    return runRound(round, (progress, settle) => {
      let halves = 0;
      function pump(): void {
        const count = pushable(progress, round);
        progress.sent += count;
        if (count > 0) push(count);
        settle();
      }
      confirm = () => {
        progress.confirmed++;
        pump();
      };
      // Both of its commands say that they did it.
      acknowledged = (done) => {
        halves += done;
        progress.acked = Math.floor(halves / 2);
        pump();
      };
      pump();
    });
  }

  async function close(): Promise<void> {
    const length = Promise.withResolvers<Reply>();
    const asking = await openRedis(port, length.resolve);
    asking.write(formatCommand("XLEN", stream), "latin1");
    const left = await length.promise;
    for (const socket of [producer, asking, ...workers]) socket.resetAndDestroy();
    if (left !== 0) throw new Error(`${left} messages are left in Redis`);
  }

  const created = Promise.withResolvers<void>();
  confirm = created.resolve;
  producer.write(formatCommand("XGROUP", "CREATE", stream, group, "$", "MKSTREAM"), "latin1");
  await created.promise;
  return { run, close };
}

/** Ids and payloads of what XREADGROUP gave. */
function readEntries(reply: Reply): [id: string, payload: string][] {
  const [[, entries]] = reply as [[string, [string, [string, string]][]]];
  return entries.map(([id, [, payload]]) => [id, payload]);
}

async function openRedis(port: number, onReply: (reply: Reply) => void): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  await once(socket, "connect");
  socket.on("data", createReplyReader(onReply));
  return socket;
}
