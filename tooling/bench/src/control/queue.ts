import { fdatasync, openSync, writeSync } from "node:fs";
import { messageBytes, numberDigits, writeDigits, zeros } from "../load/payload.ts";
import { kindAt } from "../load/queue-frames.ts";
import type { ControlSocket, Handler } from "./seat.ts";

/** Frames that are written and synchronised together. */
interface Group {
  readonly bytes: Buffer;
  used: number;
  /** Where pushes begin within `bytes`, in the order they came. */
  readonly pushes: number[];
}

/** More than any window of the benchmarks has under way. */
const maxGroupBytes = 4 * 1024 * 1024;
const idDigits = 16;

/** Behind `"t":"QUEUE` stands a quote in a push, and `_A` or `_R` in an acknowledgement or a request. */
const quote = '"'.charCodeAt(0);
const letterA = "A".charCodeAt(0);

/**
 * The least that a durable queue can be: appends pushes and acknowledgements as they are to one file, those that come
 * while it synchronises in one group, and then confirms the pushes and hands their payloads to the consumers in turn.
 * It parses nothing and keeps no account of anything; requests are ignored. The file is in the current folder.
 */
export function createQueue(): Handler {
  const file = openSync("queue.log", "a");
  let [filling, resting] = [createGroup(), createGroup()];
  let busy = false;
  let id = 0;
  let nextPlace = 0;
  let producer: ControlSocket | null = null;
  let answers: Answers | null = null;

  function synchronise(receivers: readonly ControlSocket[]): void {
    const group = filling;
    [filling, resting] = [resting, filling];
    writeSync(file, group.bytes, 0, group.used);
    fdatasync(file, (error) => {
      if (error !== null) throw error;
      answer(group, receivers);
      group.used = 0;
      group.pushes.length = 0;
      busy = filling.used > 0;
      if (busy) synchronise(receivers);
    });
  }

  function answer({ bytes, pushes }: Group, receivers: readonly ControlSocket[]): void {
    const count = pushes.length;
    if (count === 0) return;
    const { confirmation, delivery } = answers!;
    producer!.cork(() => {
      for (let i = 0; i < count; i++) producer!.send(confirmation(bytes, pushes[i]!, id + i), false);
    });
    for (let step = 0; step < Math.min(receivers.length, count); step++) {
      const receiver = receivers[(nextPlace + step) % receivers.length]!;
      receiver.cork(() => {
        for (let i = step; i < count; i += receivers.length) {
          receiver.send(delivery(bytes, pushes[i]!, id + i), false);
        }
      });
    }
    nextPlace = (nextPlace + count) % receivers.length;
    id += count;
  }

  return (socket, frame, receivers) => {
    const bytes = new Uint8Array(frame);
    const isPush = bytes[kindAt] === quote;
    if (!isPush && bytes[kindAt + 1] !== letterA) return;
    if (isPush) {
      producer = socket;
      answers ??= createAnswers(Buffer.from(frame));
      filling.pushes.push(filling.used);
    }
    filling.bytes.set(bytes, filling.used);
    filling.used += bytes.length;
    if (busy) return;
    busy = true;
    // What came with this read goes along.
    setImmediate(synchronise, receivers);
  };
}

function createGroup(): Group {
  return { bytes: Buffer.alloc(maxGroupBytes), used: 0, pushes: [] };
}

type Fill = (bytes: Buffer, push: number, id: number) => Buffer;

/** Each puts what changes from push to push into one buffer, which is used again for the next. */
interface Answers {
  readonly confirmation: Fill;
  readonly delivery: Fill;
}

/** All pushes are laid out as the first is; the answers are as long as the server's. */
function createAnswers(firstPush: Buffer): Answers {
  const nonceAt = firstPush.indexOf('"nonce":"') + '"nonce":"'.length;
  const payloadAt = firstPush.indexOf('"payload":') + '"payload":'.length;
  const name = /"queue":"([^"]+)"/.exec(firstPush.toString())![1]!;
  const end = `"ts":1700000000000,"t":"QUEUE`;
  const fixedId = "0".repeat(idDigits);
  const confirm = Buffer.from(`{"op":4,"d":{"queue":"${name}","id":"${fixedId}","nonce":"${zeros}"},${end}_CONFIRM"}`);
  const place = `"queue":"${name}","id":"${fixedId}","attempt":1,"payload":${"-".repeat(messageBytes)}`;
  const deliver = Buffer.from(`{"op":4,"d":{"nonce":"${zeros}","payload":{${place}},"target":null},${end}"}`);
  const fill = (answer: Buffer): Fill => {
    const answerIdAt = answer.indexOf(fixedId);
    const answerNonceAt = answer.indexOf('"nonce":"') + '"nonce":"'.length;
    const answerPayloadAt = answer.indexOf("-");
    return (bytes, push, id) => {
      writeDigits(answer, answerIdAt, idDigits, id);
      bytes.copy(answer, answerNonceAt, push + nonceAt, push + nonceAt + numberDigits);
      if (answerPayloadAt >= 0) bytes.copy(answer, answerPayloadAt, push + payloadAt, push + payloadAt + messageBytes);
      return answer;
    };
  };
  return { confirmation: fill(confirm), delivery: fill(deliver) };
}
