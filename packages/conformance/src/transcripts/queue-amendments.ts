import type { Amendment } from "./amendments.ts";
import { gets, leaves, type Message, type Step, settles } from "./transcript.ts";

type Body = Readonly<Record<string, unknown>>;

const confirm = "[QU-2]: a confirmation has the message's id and its nonce beside the queue";
const attempt = "[QU-11]: `attempt` says how often it has been given out";
const crash =
  "[QU-8]: of several that ask it goes to who asked first (the original fails with op 8 where more than one match)";

/** Queue scenarios on which the page wins over the transcript. */
export const queueAmendments: readonly Amendment[] = [
  {
    scenario: "QUEUE basic cycle",
    clause: `${confirm}; ${attempt}; QUERY_NODES names a queue once [D-12]`,
    amend(steps) {
      const ids = ["51c1cfe8-c788-4dd1-a147-0a77851ef871", "f7fbad06-2cc5-4bbb-8bc6-de5e259732b3", "never delivered"];
      let confirmed = 0;
      return steps.flatMap((step): readonly Step[] => {
        if ("request" in step) {
          const [client] = step.response as [Body];
          return [{ ...step, response: [{ ...client, queues: [...new Set(client.queues as string[])] }] }];
        }
        if (!("dir" in step) || !("msg" in step) || typeof step.msg === "string") return [step];
        const { t, d } = step.msg as { readonly t?: string; readonly d: Body };
        if (t === "QUEUE_CONFIRM") {
          const id = ids[confirmed++]!;
          return [gets(step.who, confirmation(d.queue, id, `qn${confirmed}`))];
        }
        if (t === "QUEUE" && step.dir === "<") return [gets(step.who, delivery(d))];
        const isThird = t === "QUEUE" && d.nonce === "qn3";
        return isThird ? [settles("the request has been taken back"), step] : [step];
      });
    },
  },
  {
    scenario: "QUEUE without nonce",
    clause: `${confirm}, null where it was absent (the original refuses a push without one)`,
    amend: (steps) => [...steps.slice(0, 4), gets("P", confirmation("q-1116-94", "without nonce", null)), leaves("P")],
  },
  {
    scenario: "QUEUE: two matching consumers, both pending",
    clause: crash,
    amend: (steps) => [
      ...steps.slice(0, 10),
      settles("W1 has asked first"),
      steps[10]!,
      settles("W2 has asked"),
      steps[11]!,
      ...passes("P", "W1", "q-1116-95", { id: "first", nonce: "a", payload: "job" }),
      ...steps.slice(14, 19),
      ...passes("P2", "W2", "q-1116-95", { id: "second", nonce: "b", payload: "job2" }),
      ...["P", "P2", "W1", "W2"].map(leaves),
    ],
  },
  {
    scenario: "QUEUE: two matching consumers, one pending",
    clause: `${crash}; [QU-8]: who does not ask is no candidate`,
    amend: (steps) => [
      ...steps.slice(0, 11),
      ...passes("P", "W1", "q-1116-100", { id: "only", nonce: "a", payload: "job" }),
      ...["P", "W1", "W2"].map(leaves),
    ],
  },
];

function confirmation(queue: unknown, id: string, nonce: unknown): Message {
  return { op: 4, t: "QUEUE_CONFIRM", d: { queue, id, nonce } };
}

/** A captured delivery, which had no attempt. */
function delivery(d: Body): Message {
  return { op: 4, t: "QUEUE", d: { ...d, payload: { ...(d.payload as Body), attempt: 1 } } };
}

/** A message is confirmed to one client and given to another. */
function passes(
  from: string,
  to: string,
  queue: string,
  { id, nonce, payload }: { readonly id: string; readonly nonce: string; readonly payload: unknown },
): readonly Step[] {
  return [
    gets(from, confirmation(queue, id, nonce)),
    gets(to, delivery({ nonce, payload: { id, payload, queue }, target: null })),
  ];
}
