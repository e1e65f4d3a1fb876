/** A client that is connected, and the queues of a server that the test plays. */
import { type ClientStage, connectClient, type SentFrame, settle } from "../create-client.kit.ts";
import type { ConnectOptions } from "../options/options.ts";
import type { Job } from "./queue.ts";

export interface QueueStage extends ClientStage {
  /** Errors that statuses told of. */
  readonly reports: readonly string[];
  /** What was asked of the queue `jobs` in all, on the connection that stands, less what was taken back. */
  readonly asked: number;
  /** Gives messages of the queue `jobs` out, by id; resolves when the client has had its turn. */
  give(...ids: readonly string[]): Promise<void>;
  /** Gives one out as it is told. */
  giveAs(message: object, queue?: string): Promise<void>;
  /** Ids of what was acknowledged, refused, and had its lease extended, on the connection that stands, in order. */
  acks(): readonly unknown[];
  nacks(): readonly unknown[];
  extensions(): readonly unknown[];
  /** Answers every frame that awaits something and has got nothing: all of it is stored. */
  answer(): Promise<void>;
  /** Refuses every frame of an event that has got no answer. */
  refuse(t: string, code: string): Promise<void>;
}

const answers: Readonly<Record<string, (frame: SentFrame) => readonly [t: string, d: object]>> = {
  QUEUE: ({ d }) => ["QUEUE_CONFIRM", { queue: d.queue, id: `s-${d.id ?? d.payload}`, nonce: d.nonce }],
  QUEUE_ACK: ({ d, nonce }) => ["QUEUE_SETTLED", { queue: d.queue, id: d.id, nonce }],
  QUEUE_NACK: ({ d, nonce }) => ["QUEUE_SETTLED", { queue: d.queue, id: d.id, nonce }],
  QUEUE_EXTEND: ({ d, nonce }) => ["QUEUE_EXTENDED", { queue: d.queue, id: d.id, nonce }],
  QUERY_NODES: ({ nonce }) => ["QUERY_NODES", { nodes: [], nonce }],
};

export function stageQueues(given?: ConnectOptions<never>): QueueStage {
  const base = connectClient(given);
  const reports: string[] = [];
  const answered = new Set<SentFrame>();
  base.client.on("error", ({ error }) => void reports.push(error.code));
  const idsOf = (t: string): readonly unknown[] => base.socket.of(t).map(({ d }) => d.id);
  const open = (): SentFrame[] => base.socket.sent.filter((frame) => !answered.has(frame));

  const more = {
    reports,
    async giveAs(message: object, queue = "jobs") {
      base.dispatch("QUEUE", { nonce: null, target: null, payload: { queue, attempt: 1, ...message } });
      await settle();
    },
    async give(...ids: readonly string[]) {
      for (const id of ids) {
        base.dispatch("QUEUE", {
          nonce: null,
          target: null,
          payload: { queue: "jobs", id, attempt: 1, payload: `p-${id}` },
        });
      }
      await settle();
    },
    acks: () => idsOf("QUEUE_ACK"),
    nacks: () => idsOf("QUEUE_NACK"),
    extensions: () => idsOf("QUEUE_EXTEND"),
    async answer() {
      for (const frame of open()) {
        const format = answers[frame.t ?? ""];
        if (format === undefined) continue;
        answered.add(frame);
        base.dispatch(...format(frame));
      }
      await settle();
    },
    async refuse(t: string, code: string) {
      for (const frame of open()) {
        if (frame.t !== t) continue;
        answered.add(frame);
        base.say({ op: 3, d: { error: "no", code, nonce: frame.nonce ?? frame.d.nonce } });
      }
      await settle();
    },
  };
  Object.defineProperty(more, "asked", {
    get() {
      let asked = 0;
      for (const { t, d } of base.socket.sent) {
        if (d.queue !== "jobs") continue;
        if (t === "QUEUE_REQUEST") asked += d.count as number;
        if (t === "QUEUE_REQUEST_CANCEL") asked = 0;
      }
      return asked;
    },
  });
  return Object.defineProperties(base, Object.getOwnPropertyDescriptors(more)) as QueueStage;
}

/** A handler whose jobs are finished by the test. */
export interface HeldWork {
  readonly jobs: Job[];
  readonly handler: (job: Job) => Promise<void>;
  /** Finishes one job by id; with an error it fails. */
  finish(id: string, error?: unknown): Promise<void>;
}

export function holdWork(): HeldWork {
  const endings = new Map<string, PromiseWithResolvers<void>>();
  const jobs: Job[] = [];
  return {
    jobs,
    handler(job) {
      const ending = Promise.withResolvers<void>();
      jobs.push(job);
      endings.set(job.id, ending);
      return ending.promise;
    },
    async finish(id, error) {
      const { resolve, reject } = endings.get(id)!;
      if (error === undefined) resolve();
      else reject(error);
      await settle();
    },
  };
}
