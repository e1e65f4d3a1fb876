/** A client that is connected, and the topics of a server that the test plays. */
import { type ClientStage, type SentFrame, settle, stageClient } from "../create-client.kit.ts";
import type { ConnectOptions } from "../options/options.ts";
import type { TopicEvent } from "./topic.ts";

export interface TopicStage extends ClientStage {
  /** Errors that statuses told of. */
  readonly reports: readonly string[];
  /** Gives events of the topic `a.b` to the group `api` out, by id; resolves when the client has had its turn. */
  give(...ids: readonly string[]): Promise<void>;
  /** Gives one out as it is told. */
  giveAs(event: object): Promise<void>;
  /** Contents of the frames of one event, on the connection that stands. */
  said(t: string): readonly SentFrame["d"][];
  /** Ids of what was acknowledged and refused on the connection that stands, in order. */
  acks(): readonly unknown[];
  nacks(): readonly unknown[];
  /** Answers every frame that awaits something and has got nothing. */
  answer(): Promise<void>;
  /** Refuses every frame of an event that has got no answer. */
  refuse(t: string, code: string): Promise<void>;
}

/** What a server of topics grants. */
export const caps = ["receipt", "queue2", "topic"];

const answers: Readonly<Record<string, (frame: SentFrame) => readonly [t: string, d: object]>> = {
  SUBSCRIBE: ({ d, nonce }) => ["SUBSCRIBED", { topics: d.topics, group: d.group, nonce }],
  UNSUBSCRIBE: ({ d, nonce }) => ["UNSUBSCRIBED", { topics: d.topics, group: d.group, nonce }],
  PUBLISH: ({ d }) => ["PUBLISHED", { id: `s-${d.payload}`, groups: 1, nonce: d.nonce }],
  ACK: ({ d, nonce }) => ["QUEUE_SETTLED", { queue: "$topic/api", id: d.id, nonce }],
  NACK: ({ d, nonce }) => ["QUEUE_SETTLED", { queue: "$topic/api", id: d.id, nonce }],
};

/** `session` is that by which the client may resume; without, it may not. */
export function stageTopics(given?: ConnectOptions<never>, session?: string): TopicStage {
  const base = stageClient(given);
  base.start();
  base.admit(caps, {}, { session });
  const reports: string[] = [];
  const answered = new Set<SentFrame>();
  base.client.on("error", ({ error }) => void reports.push(error.code));
  const said = (t: string): readonly SentFrame["d"][] => base.socket.of(t).map(({ d }) => d);
  const open = (): SentFrame[] => base.socket.sent.filter((frame) => !answered.has(frame));

  return Object.assign(Object.create(base) as ClientStage, {
    reports,
    said,
    comeBack() {
      base.platform.step(10_000);
      base.admit(caps);
    },
    resume(received: number) {
      base.platform.step(1000);
      base.admit(caps, {}, { session, resumed: true, received });
    },
    async giveAs(event: object) {
      base.dispatch("EVENT", { topic: "a.b", group: "api", attempt: 1, payload: null, ...event });
      await settle();
    },
    async give(...ids: readonly string[]) {
      for (const id of ids) base.dispatch("EVENT", { id, topic: "a.b", group: "api", attempt: 1, payload: `p-${id}` });
      await settle();
    },
    acks: () => said("ACK").map(({ id }) => id),
    nacks: () => said("NACK").map(({ id }) => id),
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
  });
}

/** A handler whose events are finished by the test. */
export interface HeldWork {
  readonly events: TopicEvent[];
  readonly handler: (event: TopicEvent) => Promise<unknown>;
  /** Finishes one event by id: with what the handler returns, or an error that it throws. */
  finish(id: string, result?: unknown): Promise<void>;
}

export function holdWork(): HeldWork {
  const endings = new Map<string, PromiseWithResolvers<unknown>>();
  const events: TopicEvent[] = [];
  return {
    events,
    handler(event) {
      const ending = Promise.withResolvers<unknown>();
      events.push(event);
      endings.set(event.id, ending);
      return ending.promise;
    },
    async finish(id, result) {
      const { resolve, reject } = endings.get(id)!;
      if (result instanceof Error) reject(result);
      else resolve(result);
      await settle();
    },
  };
}
