import { type Connection, cutConnections, openConnection, openConnections } from "./connection.ts";
import { createFrameReader } from "./frame-reader.ts";
import { introduceConsumers, introduceProducer } from "./population.ts";
import { checkConfirmation, createPushWriter, formatAck, formatRequest, readDelivery } from "./queue-frames.ts";
import { createLedger } from "./queue-ledger.ts";
import { pushable, type QueueRound, type QueueRoute, runRound } from "./queue-round.ts";

/** Who uses a queue. */
export interface QueueUsers {
  /** Names the queue, and the application of its consumers. */
  readonly name: string;
  readonly consumers: number;
  /** How many different targets the messages have. */
  readonly targets: number;
}

/** A queue over WebSocket. */
export interface SocketQueueRoute extends QueueRoute {
  /** Puts messages in that nobody asks for yet; resolves when all are confirmed. */
  preload(messages: number): Promise<void>;
}

/** Messages under way while a queue is filled. */
const preloadWindow = 2000;
const closeTimeoutMs = 15_000;

interface Consumer {
  readonly connection: Connection;
  /** Messages that it asked for and did not get yet. */
  open: number;
  /** Its share of the prefetch. */
  share: number;
}

/** Opens one producer and its consumers, of the server or of a control. */
export async function openQueueRoute(
  port: number,
  { name, consumers, targets }: QueueUsers,
): Promise<SocketQueueRoute> {
  const producer = await openConnection(port, introduceProducer(name));
  const connections = await openConnections(port, introduceConsumers(name, "consumer", consumers), consumers);
  const members = connections.map((connection): Consumer => ({ connection, open: 0, share: 0 }));
  const writePushes = createPushWriter(name, name, targets);
  const ledger = createLedger();
  let confirm = (): void => {};
  let confirmedAll = (): void => {};
  let acknowledged = (_count: number): void => {};

  const push = (count: number): void => {
    producer.socket.write(writePushes(ledger.number(count), count));
  };

  const readConfirmations = createFrameReader((bytes, start, end) => {
    checkConfirmation(bytes, start, end);
    confirm();
  });
  producer.onChunk = (chunk) => {
    readConfirmations(chunk);
    confirmedAll();
  };

  for (const member of members) {
    let acks = "";
    let count = 0;
    const readDeliveries = createFrameReader((bytes, start, end) => {
      const { id, number } = readDelivery(bytes, start, end);
      ledger.deliver(number);
      acks += formatAck(name, id);
      count++;
    });
    member.connection.onChunk = (chunk) => {
      readDeliveries(chunk);
      if (count === 0) return;
      member.connection.socket.write(acks, "latin1");
      member.open -= count;
      const gone = count;
      [acks, count] = ["", 0];
      acknowledged(gone);
    };
  }

  function run(round: QueueRound): Promise<number> {
    const { messages, prefetch } = round;
    let asked = 0;
    return runRound(round, (progress, settle) => {
      /** Asks again once half of a consumer's share has come, and never further ahead of what was confirmed than the prefetch. */
      function ask(member: Consumer): void {
        if (member.open > member.share / 2) return;
        const wanted = Math.min(member.share - member.open, messages - asked);
        const count = Math.min(wanted, progress.confirmed + prefetch - asked);
        if (count <= 0 || (count < wanted && count < member.share / 2)) return;
        asked += count;
        member.open += count;
        member.connection.socket.write(formatRequest(name, count), "latin1");
      }
      function pump(): void {
        for (const member of members) ask(member);
        const count = pushable(progress, round);
        progress.sent += count;
        if (count > 0) push(count);
        settle();
      }
      for (const member of members) member.share = Math.ceil(prefetch / members.length);
      confirm = () => void progress.confirmed++;
      confirmedAll = pump;
      acknowledged = (count) => {
        progress.acked += count;
        pump();
      };
      pump();
    });
  }

  function preload(messages: number): Promise<void> {
    return new Promise((resolve) => {
      let [sent, confirmed] = [0, 0];
      const pump = (): void => {
        if (confirmed === messages) return resolve();
        const room = Math.min(messages - sent, preloadWindow - (sent - confirmed));
        if (room < preloadWindow / 4 && room < messages - sent) return;
        sent += room;
        if (room > 0) push(room);
      };
      confirm = () => void confirmed++;
      confirmedAll = pump;
      pump();
    });
  }

  /** What was held by consumers that went away would be given out first. */
  async function close(): Promise<void> {
    cutConnections(connections);
    const [successor] = await openConnections(port, introduceConsumers(name, "successor", 1), 1);
    const first = Promise.withResolvers<number>();
    successor!.onChunk = createFrameReader((bytes, start, end) => {
      const { id, number } = readDelivery(bytes, start, end);
      successor!.socket.write(formatAck(name, id), "latin1");
      first.resolve(number);
    });
    confirmedAll = () => successor!.socket.write(formatRequest(name, 1), "latin1");
    push(1);
    const timer = setTimeout(() => first.reject(new Error("nothing came of a queue after its rounds")), closeTimeoutMs);
    const came = await first.promise;
    clearTimeout(timer);
    cutConnections([producer, successor!]);
    if (came !== ledger.oldest()) throw new Error(`message ${came} came again, though it was acknowledged`);
  }

  return { run, preload, close };
}
