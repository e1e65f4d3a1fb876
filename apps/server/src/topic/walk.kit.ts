/** Does the same to topics that run and to their model, and compares the two. */
import { expect } from "vitest";
import { settle } from "../queue/queues.kit.ts";
import type { TopicStep } from "./steps.kit.ts";
import { createTopicModel } from "./topic-model.kit.ts";
import { type Delivered, type Member, openTopics } from "./topics.kit.ts";

type Command = TopicStep["command"];

/** Who does not acknowledge in which group. */
const isUnackedBy = (client: string, group: string): boolean => client === "r" && group === "two";

/** Walks one path. */
export async function walkTopics(path: readonly TopicStep[]): Promise<void> {
  const limits = { queueMaxAttempts: 1000 };
  let here = await openTopics({ limits });
  const { clock } = here.site;
  const model = createTopicModel(() => clock.now());
  const members = new Map<string, Member>();
  const away = new Set<string>();
  /** Raised when everything that is under way is lost. */
  let generation = 0;
  let hasUncertain = false;
  /** What was found wrong while the server was at work. */
  const faults: unknown[] = [];

  function check(expectations: () => void): void {
    try {
      expectations();
    } catch (fault) {
      faults.push(fault);
    }
  }

  function connect(id: string): Member {
    const member = here.connect(id);
    const { outbox } = member.client;
    const send = outbox.send.bind(outbox);
    const begun = generation;
    Object.assign(outbox, {
      send(frame: string) {
        const { t, d } = JSON.parse(frame) as { t: string; d: Delivered };
        if (t === "EVENT" && begun === generation) check(() => model.deliver(id, d, isUnackedBy(id, d.group)));
        return send(frame);
      },
    });
    members.set(id, member);
    return member;
  }

  async function rest(): Promise<void> {
    for (let i = 0; i < 4; i++) await settle();
    hasUncertain = false;
    if (faults.length > 0) throw faults[0];
  }

  function publish(topic: string): void {
    const { publication, groupCount } = model.publish(topic);
    const begun = generation;
    hasUncertain = true;
    void here.publish(topic, { payload: publication.token }).then((outcome) => {
      if (begun !== generation) return;
      check(() => expect(outcome).toEqual({ ok: true, id: expect.any(String), groups: groupCount }));
      publication.isConfirmed = true;
    });
  }

  async function subscribe(command: Command & { kind: "subscribe" }): Promise<void> {
    const { client, group, patterns, fromEarliest, maxInFlight } = command;
    const member = members.get(client);
    if (member === undefined || away.has(client)) return;
    await rest();
    model.subscribe(client, group, patterns, fromEarliest);
    const isUnacked = isUnackedBy(client, group);
    const terms = { topics: patterns, group, fromEarliest, maxInFlight, isUnacked };
    expect(await here.startSubscribing(member, terms)).toBe(null);
    await rest();
  }

  function settleEvent({ how, client, pick }: Command & { kind: "settle" }): void {
    const held = model.held(client);
    const member = members.get(client);
    if (member === undefined || held.length === 0) return;
    const { id, copy } = held[pick % held.length]!;
    const isCurrent = copy.dueMs > clock.now();
    hasUncertain = true;
    if (how === "ack") {
      const outcome = here.topics.ack(member.client, id, null);
      expect(outcome.ok).toBe(true);
      copy.isOver = true;
      return;
    }
    const delayMs = how === "nack" ? 0 : 7000;
    // The server hands it on at once: the model has to know before.
    const before = { ...copy };
    if (isCurrent) Object.assign(copy, { holder: null, dueMs: clock.now() + delayMs });
    const outcome = here.topics.nack(member.client, id, delayMs, null);
    expect([outcome.ok, before.holder]).toEqual([isCurrent, client]);
  }

  async function advance(ms: number): Promise<void> {
    const untilMs = clock.now() + ms;
    await rest();
    while (clock.now() < untilMs) {
      clock.advance(Math.min(untilMs, model.nextMs()) - clock.now());
      model.expire();
      await rest();
    }
  }

  async function disconnect(client: string): Promise<void> {
    const member = members.get(client);
    if (member === undefined) return;
    await rest();
    members.delete(client);
    away.delete(client);
    model.release(client);
    model.leavePatterns(client, () => true);
    here.disconnect(member);
    await rest();
  }

  async function restart(ticks: number | null): Promise<void> {
    if (ticks === null) await rest();
    else for (let i = 0; i < ticks; i++) await null;
    generation++;
    const isCrash = ticks !== null;
    // What was settled a moment ago may come back, and what is removed first may be lost.
    const isLossy = (group: string): boolean => hasUncertain || group === "two";
    model.restart(isCrash, isLossy);
    if (isCrash && hasUncertain) model.reopenAll();
    members.clear();
    away.clear();
    here = await here.restart(isCrash);
    await rest();
  }

  async function act(command: Command): Promise<void> {
    switch (command.kind) {
      case "subscribe":
        return subscribe(command);
      case "unsubscribe": {
        const { client, group, patterns } = command;
        const member = members.get(client);
        if (member === undefined || away.has(client)) return;
        await rest();
        here.topics.unsubscribe(member.client, patterns, group);
        model.leavePatterns(client, (name, text) => (group === null || name === group) && patterns.includes(text));
        return rest();
      }
      case "publish":
        return publish(command.topic);
      case "settle":
        return settleEvent(command);
      case "advance":
        return advance(command.ms);
      case "connect":
        if (!members.has(command.client)) connect(command.client);
        return;
      case "disconnect":
        return disconnect(command.client);
      case "leave": {
        const member = members.get(command.client);
        if (member === undefined || away.has(command.client)) return;
        await rest();
        away.add(command.client);
        here.site.registry.leave(member.client);
        return;
      }
      case "return":
        if (away.delete(command.client)) here.site.registry.join(members.get(command.client)!.client);
        return;
      case "restart":
        return restart(command.ticks);
    }
  }

  for (const { command, isHasty } of path) {
    await act(command);
    if (!isHasty) await rest();
  }

  // Whatever is still owed comes to somebody who takes everything.
  await rest();
  for (const id of [...members.keys()]) await disconnect(id);
  const last = connect("last");
  for (const group of model.groups()) {
    const topics = model.texts(group);
    model.subscribe("last", group, topics, false);
    expect(await here.startSubscribing(last, { topics, group, maxInFlight: 10_000, ackMs: 1e9 })).toBe(null);
  }
  await advance(8000);
  model.expectAll();
}
