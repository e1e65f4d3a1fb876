import { defaultCredit } from "@singyeong/protocol";
import { calleeGuilds } from "./call-frames.ts";
import { cutConnections, openConnection } from "./connection.ts";
import { createFrameReader } from "./frame-reader.ts";
import { introduceCallee, introduceCaller } from "./population.ts";
import { guardProgress } from "./stall.ts";
import { createDataWriter, encodeOpening, formatCredit, readCredit, readData, readOpening } from "./stream-frames.ts";

/** What a stream carries. */
export interface StreamShape {
  readonly payloadBytes: number;
  /** Messages that may be under way: 16, which everybody may send, or more. */
  readonly credit: number;
}

/** One stream, which stays open from round to round. */
export interface StreamRoute {
  /** Sends so many messages; resolves with the seconds that it took, when all have arrived in order. */
  run(messages: number): Promise<number>;
  /** Cuts its connections: a server that stops would tell them so. */
  close(): void;
}

const id = 0;
/** What may be under way of a stream in one direction, as servers have it unless told otherwise. */
const streamBytes = 256 * 1024;

/**
 * Opens the only stream of two connections, of the server or of a control. The callee gives credit back whenever half
 * of what may be under way has come.
 */
export async function openStreamRoute(port: number, { payloadBytes, credit }: StreamShape): Promise<StreamRoute> {
  const callee = await openConnection(port, introduceCallee(calleeGuilds));
  const caller = await openConnection(port, introduceCaller());
  const writer = createDataWriter(id, payloadBytes);
  const window = Math.min(credit, Math.ceil(streamBytes / writer.frameBytes));
  let room = Math.min(defaultCredit, window);
  let sent = 0;
  let arrived = 0;
  let settled = 0;
  let goal = 0;
  let finish = (): void => {};

  const opened = Promise.withResolvers<number>();
  callee.onChunk = createFrameReader((bytes, start, end) => opened.resolve(readOpening(bytes, start, end)));
  caller.socket.write(encodeOpening(id));
  const calleeId = await opened.promise;

  const readMessages = createFrameReader((bytes, start, end) => {
    const number = readData(bytes, start, end, payloadBytes);
    if (number !== arrived) throw new Error(`message ${number} came in the place of ${arrived}`);
    arrived++;
  });
  const give = (n: number): void => void callee.socket.write(formatCredit(calleeId, n), "latin1");
  callee.onChunk = (chunk) => {
    readMessages(chunk);
    const due = arrived - settled;
    if (due >= window / 2) {
      settled = arrived;
      give(due);
    }
    if (arrived === goal) finish();
  };

  function pump(): void {
    const count = Math.min(goal - sent, room);
    if (count <= 0) return;
    caller.socket.write(writer.write(sent, count));
    room -= count;
    sent += count;
  }

  const readCredits = createFrameReader((bytes, start, end) => {
    room += readCredit(bytes, start, end);
  });
  caller.onChunk = (chunk) => {
    readCredits(chunk);
    pump();
  };
  if (window > defaultCredit) give(window - defaultCredit);

  return {
    run: (messages) =>
      new Promise((resolve, reject) => {
        goal += messages;
        const progress = (): string => `${arrived} of ${goal} messages arrived, ${room} may be sent`;
        const guard = guardProgress([caller, callee], progress, reject);
        const started = performance.now();
        finish = () => {
          guard.done();
          resolve((performance.now() - started) / 1000);
        };
        pump();
      }),
    close: () => cutConnections([caller, callee]),
  };
}
