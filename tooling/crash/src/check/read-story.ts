import type { HistoryEvent } from "../history/event.ts";
import type { Answer, Connection, Delivery, Message, Push, Run, Story } from "./story.ts";

/** Puts a story together from events, the first of which is `begin`. */
export async function readStory(events: AsyncIterable<HistoryEvent> | Iterable<HistoryEvent>): Promise<Story> {
  const story: Story = {
    begin: { event: "begin", seed: 0, leaseMs: 0, retryMs: 0, dedupMs: 0, attemptMs: 0, toleranceMs: 0, required: {} },
    runs: new Map(),
    connections: new Map(),
    pushes: new Map(),
    messages: new Map(),
    contents: new Map(),
    drains: [],
    ended: false,
    faults: [],
  };
  const latestOf = new Map<string, Connection>();
  const held = new Map<string, Delivery>();
  const byNonce = new Map<string, { readonly answer: Answer; readonly from: Connection }>();
  let line = 0;

  for await (const event of events) {
    line++;
    try {
      if ((line === 1) !== (event.event === "begin"))
        throw new Error("a history has `begin` as its first line, and only there");
      read(event);
    } catch (error) {
      story.faults.push({ rule: "history", text: (error as Error).message, lines: [line] });
    }
  }
  for (const message of story.messages.values()) {
    message.deliveries.sort((a, b) => a.to.run.number - b.to.run.number || a.attempt - b.attempt || a.line - b.line);
  }
  return story;

  function read(event: HistoryEvent): void {
    switch (event.event) {
      case "begin":
        story.begin = event;
        return;
      case "spawned":
        story.runs.set(event.run, {
          number: event.run,
          spawnedLine: line,
          listeningLine: null,
          ending: null,
          exited: null,
          storedUpToMs: 0,
        });
        return;
      case "listening":
        run(event.run).listeningLine = line;
        return;
      case "killing":
        run(event.run).ending = { by: "kill", during: event.during, line };
        return;
      case "stopping":
        run(event.run).ending = { by: "stop", during: "load", line };
        return;
      case "exited":
        run(event.run).exited = { ...event, line };
        for (const connection of story.connections.values()) {
          if (connection.run.number === event.run) connection.goneLine = Math.min(connection.goneLine, line);
        }
        return;
      case "opened": {
        const opened: Connection = {
          number: event.connection,
          client: event.client,
          pool: event.pool,
          run: run(event.run),
          openedLine: line,
          requested: new Map(),
          cutLine: Number.POSITIVE_INFINITY,
          goneLine: Number.POSITIVE_INFINITY,
          closedLine: null,
          settled: [],
        };
        const earlier = latestOf.get(event.client);
        // A name is free again once the server knows that its holder is gone.
        if (earlier !== undefined) earlier.goneLine = Math.min(earlier.goneLine, line);
        latestOf.set(event.client, opened);
        story.connections.set(event.connection, opened);
        return;
      }
      case "requested": {
        const { requested } = connection(event.connection);
        if (!requested.has(event.queue)) requested.set(event.queue, line);
        return;
      }
      case "closing":
        connection(event.connection).cutLine = line;
        return;
      case "closed":
        connection(event.connection).closedLine = line;
        return;
      case "pushed": {
        const push: Push = { ...event, line, from: connection(event.connection), outcome: null };
        story.pushes.set(event.push, push);
        const same = story.contents.get(event.content);
        if (same === undefined) story.contents.set(event.content, [push]);
        else same.push(push);
        return;
      }
      case "confirmed": {
        const push = unanswered(event.push);
        push.outcome = { ok: true, message: event.message, line, ts: event.ts };
        message(event.message).confirmed.push(push);
        // What was pushed by id may have been stored long before.
        if (push.id === null) push.from.run.storedUpToMs = Math.max(push.from.run.storedUpToMs, push.atMs);
        return;
      }
      case "refused":
        unanswered(event.push).outcome = { ok: false, code: event.code, line };
        return;
      case "delivered": {
        const to = connection(event.connection);
        const delivery: Delivery = { ...event, line, to, answers: [] };
        message(event.message).deliveries.push(delivery);
        held.set(`${event.connection} ${event.message}`, delivery);
        return;
      }
      case "acked":
      case "nacked": {
        const delivery = held.get(`${event.connection} ${event.message}`);
        if (delivery === undefined) throw new Error("an answer to what its sender never got");
        const answer: Answer = {
          kind: event.event === "acked" ? "ack" : "nack",
          line,
          atMs: event.atMs,
          nonce: event.nonce,
          delayMs: event.event === "acked" ? null : event.delayMs,
          dead: event.event === "nacked" && event.dead,
          settled: null,
          denied: null,
        };
        delivery.answers.push(answer);
        if (event.nonce !== null) byNonce.set(event.nonce, { answer, from: delivery.to });
        return;
      }
      case "settled": {
        const { answer, from } = asked(event.nonce);
        answer.settled = { line, ts: event.ts };
        from.settled.push({ line: answer.line, ts: event.ts });
        from.run.storedUpToMs = Math.max(from.run.storedUpToMs, answer.atMs);
        return;
      }
      case "denied": {
        const answer =
          event.nonce !== null
            ? asked(event.nonce).answer
            : held
                .get(`${event.connection} ${event.message}`)
                ?.answers.find(({ nonce, denied }) => nonce === null && denied === null);
        if (answer === undefined) throw new Error("a refusal of what nobody said");
        answer.denied = { line, code: event.code };
        return;
      }
      case "drained":
        story.drains.push({ left: event.left, line });
        return;
      case "dead":
        message(event.message).dead = { cause: event.cause, attempt: event.attempt, line };
        return;
      case "end":
        story.ended = true;
        return;
    }
  }

  function run(number: number): Run {
    const found = story.runs.get(number);
    if (found === undefined) throw new Error(`run ${number} was never started`);
    return found;
  }

  function connection(number: number): Connection {
    const found = story.connections.get(number);
    if (found === undefined) throw new Error(`connection ${number} was never opened`);
    return found;
  }

  function unanswered(number: number): Push {
    const push = story.pushes.get(number);
    if (push === undefined) throw new Error(`push ${number} was never sent`);
    if (push.outcome !== null) throw new Error(`push ${number} was answered before`);
    return push;
  }

  function asked(nonce: string): { readonly answer: Answer; readonly from: Connection } {
    const found = byNonce.get(nonce);
    if (found === undefined) throw new Error(`nobody sent the nonce ${nonce}`);
    if (found.answer.settled !== null || found.answer.denied !== null) throw new Error(`${nonce} was answered before`);
    return found;
  }

  function message(id: string): Message {
    let found = story.messages.get(id);
    if (found === undefined) {
      found = { id, confirmed: [], deliveries: [], dead: null };
      story.messages.set(id, found);
    }
    return found;
  }
}
