/** Entry point of a party's process: `parties.js KIND ROLE PORT`; callers are given tasks over their channel. */
import { createPayload, messageBytes, numberDigits } from "../load/payload.ts";
import { percentile } from "../measure/stats.ts";
import { type Caller, type Party, type PartyKind, type Payload, partyKinds, type Report, type Task } from "./party.ts";

/** Only the client that is needed is loaded. */
const parties: Record<PartyKind, () => Promise<Party>> = {
  singyeong: async () => (await import("./singyeong.ts")).singyeong,
  nats: async () => (await import("./nats.ts")).nats,
  moleculer: async () => (await import("./moleculer.ts")).moleculer,
};

const [, , name, role, port] = process.argv;
const kind = partyKinds.find((each) => each === name);
if (kind === undefined) throw new Error(`expected one of ${partyKinds.join(", ")}`);
const party = await parties[kind]();
if (role === "callee") {
  await party.openCallee(Number(port));
} else {
  const caller = await party.openCaller(Number(port));
  process.on("message", async (task: Task) =>
    process.send!(await (task.kind === "calls" ? runCalls(caller, task) : runStream(caller, task))),
  );
}
process.on("disconnect", () => process.exit(0));
process.send!("ready");

/** Calls until all are answered, so many at once. @throws at a wrong answer */
async function runCalls(caller: Caller, { calls, window }: Extract<Task, { kind: "calls" }>): Promise<Report> {
  const { text } = JSON.parse(createPayload(messageBytes)) as Payload;
  const samples = new Float64Array(calls);
  let sent = 0;
  const work = async (): Promise<void> => {
    while (sent < calls) {
      const number = sent++;
      const payload = { n: String(number).padStart(numberDigits, "0"), text };
      const called = performance.now();
      const answer = (await caller.echo(payload)) as Payload;
      samples[number] = (performance.now() - called) * 1000;
      if (answer.n !== payload.n || answer.text !== text)
        throw new Error(`call ${number} was answered with ${answer.n}`);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: window }, work));
  const seconds = (performance.now() - started) / 1000;
  samples.sort();
  return { seconds, p50: percentile(samples, 0.5), p99: percentile(samples, 0.99) };
}

/** Sends messages through one stream as fast as it takes them. @throws where one was lost */
async function runStream(
  caller: Caller,
  { messages, payloadBytes }: Extract<Task, { kind: "stream" }>,
): Promise<Report> {
  const { text } = JSON.parse(createPayload(payloadBytes)) as Payload;
  async function* produce(): AsyncGenerator<Payload> {
    for (let number = 0; number < messages; number++) yield { n: String(number).padStart(numberDigits, "0"), text };
  }
  const started = performance.now();
  const arrived = await caller.upload!(produce());
  if (arrived !== messages) throw new Error(`${arrived} of ${messages} messages arrived`);
  return { seconds: (performance.now() - started) / 1000, p50: 0, p99: 0 };
}
