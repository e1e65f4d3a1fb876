import { calleeGuilds, formatAnswer, formatCall, readMessage } from "./call-frames.ts";
import { cutConnections, openConnection, openConnections } from "./connection.ts";
import { createFrameReader } from "./frame-reader.ts";
import { introduceBystanders, introduceCallee, introduceCaller } from "./population.ts";
import { createLedger } from "./queue-ledger.ts";
import { guardProgress } from "./stall.ts";

export interface CallRound {
  readonly calls: number;
  /** How many are under way at once. */
  readonly window: number;
}

export interface CallReport {
  readonly seconds: number;
  /** How long each call took, in microseconds, ascending. */
  readonly samples: Float64Array;
}

/** A caller and a callee, of the server or of a control. */
export interface CallRoute {
  /** Calls until all are answered, one new call for each that was. */
  run(round: CallRound): Promise<CallReport>;
  /** Cuts its connections: a server that stops would tell them so. */
  close(): void;
}

/** Opens the two connections; bystanders are clients of the callee's application that no call is for. */
export async function openCallRoute(port: number, bystanders: number): Promise<CallRoute> {
  await openConnections(port, introduceBystanders("client", 1, 1 + bystanders), 100);
  const callee = await openConnection(port, introduceCallee(calleeGuilds));
  const caller = await openConnection(port, introduceCaller());
  const ledger = createLedger();

  let answers = "";
  const readCalls = createFrameReader((bytes, start, end) => {
    answers += formatAnswer(readMessage(bytes, start, end));
  });
  callee.onChunk = (chunk) => {
    readCalls(chunk);
    if (answers !== "") callee.socket.write(answers, "latin1");
    answers = "";
  };

  let answered = (_number: number): void => {};
  let pump = (): void => {};
  const readAnswers = createFrameReader((bytes, start, end) => {
    const { id, number } = readMessage(bytes, start, end);
    if (id !== number) throw new Error(`call ${id} was answered as if it were ${number}`);
    ledger.deliver(number);
    answered(number);
  });
  caller.onChunk = (chunk) => {
    readAnswers(chunk);
    pump();
  };

  return {
    run: ({ calls, window }) =>
      new Promise((resolve, reject) => {
        const first = ledger.pushed;
        const samples = new Float64Array(calls);
        let sent = 0;
        let done = 0;
        const guard = guardProgress([caller, callee], () => `${done} of ${calls} calls are answered`, reject);
        const started = performance.now();
        answered = (number) => {
          done++;
          samples[number - first] = (performance.now() - samples[number - first]!) * 1000;
        };
        pump = () => {
          if (done === calls) {
            guard.done();
            return resolve({ seconds: (performance.now() - started) / 1000, samples: samples.sort() });
          }
          const count = Math.min(calls - sent, window - (sent - done));
          const now = performance.now();
          const from = ledger.number(count);
          let frames = "";
          for (let number = from; number < from + count; number++) {
            frames += formatCall(number);
            samples[number - first] = now;
          }
          sent += count;
          if (count > 0) caller.socket.write(frames, "latin1");
        };
        pump();
      }),
    close: () => cutConnections([caller, callee]),
  };
}
