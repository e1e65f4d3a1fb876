/** Does the same to queues that run and to their model, and compares the two. */
import { expect } from "vitest";
import { createPush, leaseMs, openSite, type Participant, retryMs, settle, testLimits } from "../queues.kit.ts";
import type { PushOutcome } from "../queues.ts";
import { createAttemptLog } from "./attempt-log.kit.ts";
import { queueNames, type Step } from "./commands.kit.ts";
import { compareCounts, compareMessages } from "./compare.kit.ts";
import { describeModel, type Held, listMessages, readStore } from "./describe.kit.ts";
import { createModel, type ModelMessage } from "./model.kit.ts";
import { type Metadata, targets, usualMetadata } from "./model-targets.kit.ts";

type Command = Step["command"];

interface Identity {
  readonly token: number;
  readonly untilMs: number;
}

/** Walks one path. */
export async function walk(path: readonly Step[]): Promise<void> {
  let site = await openSite();
  const model = createModel({ leaseMs, retryMs }, site.clock.now());
  const participants = new Map<string, Participant>();
  let lastToken = 0;
  /** Pushes that are not on disk as far as the model knows. */
  let underWay: { readonly token: number; readonly first: number; readonly admit: () => void }[] = [];
  /** By token, what became of pushes. */
  const outcomes = new Map<number, PushOutcome>();
  let confirmed: number[] = [];
  const identities = new Map<string, Identity>();
  let answers: Promise<unknown>[] = [];
  /** Messages and their attempts, as of when everything was on disk last. */
  let onDisk: ReadonlyMap<number, number> = new Map();
  const attemptLog = createAttemptLog();
  let isOnDisk = true;
  /** Messages as they were pushed. */
  const pushed = new Map<number, Parameters<typeof model.admit>[0]>();
  /** Raised when everything that is under way is lost. */
  let generation = 0;

  const idOf = (token: number): string => {
    const outcome = outcomes.get(token);
    if (outcome?.ok !== true) throw new Error(`push ${token} has not been confirmed: ${JSON.stringify(outcome)}`);
    return outcome.id;
  };

  function connect(id: string, metadata: Metadata): void {
    const { color = null, load = null } = metadata;
    participants.set(id, site.connect(id, { color, load }));
    model.clients.set(id, {
      metadata,
      isIn: true,
      isClogged: false,
      given: new Map(queueNames.map((name) => [name, []])),
    });
  }

  function push(command: Command & { kind: "push" }): void {
    const token = ++lastToken;
    const { queue, priority, delayMs, ttlMs, maxAttempts, id } = command;
    const target = targets[command.target]!;
    const known = id === null ? undefined : identities.get(`${queue}/${id}`);
    const isKnown = known !== undefined && known.untilMs > model.now;
    const here = generation;
    site.queues.push(createPush({ ...command, target: target.query, payload: token }), (outcome) => {
      if (here !== generation) return;
      outcomes.set(token, outcome);
      if (!isKnown) confirmed.push(token);
    });
    if (isKnown) {
      underWay.push({ token, first: known.token, admit() {} });
      return;
    }
    if (id !== null) identities.set(`${queue}/${id}`, { token, untilMs: model.now + testLimits.queueDedupMs });
    const dueMs = delayMs === 0 ? 0 : model.now + delayMs;
    const expiresMs = ttlMs === 0 ? 0 : model.now + ttlMs;
    const message = { token, queue, target, priority, maxAttempts, dueMs, expiresMs, turn: model.nextTurn() };
    pushed.set(token, message);
    underWay.push({ token, first: token, admit: () => model.admit(message) });
  }

  function settleMessage({ how, pick, client }: Command & { kind: "settle" }): void {
    const held = model.messages.filter(({ holder }) => holder !== null);
    const message = (held.length > 0 ? held : model.messages)[pick % Math.max(1, held.length || model.messages.length)];
    const name = client ?? message?.holder ?? null;
    if (message === undefined || name === null || !participants.has(name)) return;
    const { queues } = site;
    const who = participants.get(name)!.client;
    const id = idOf(message.token);
    const agree = (isTaken: boolean, refusal: unknown): void => {
      expect(refusal).toEqual(isTaken ? null : expect.objectContaining({ ok: false, code: "queue/not-leased" }));
    };
    const nack = (delayMs: number | null, dead = false): void =>
      agree(model.nack(name, message, delayMs, dead), queues.nack(who, message.queue, id, { delayMs, dead }, null));
    if (how === "ack") agree(model.ack(name, message), queues.ack(who, message.queue, id, null));
    else if (how === "nack") nack(null);
    else if (how === "nack now") nack(0);
    else if (how === "nack later") nack(7000);
    else if (how === "reject") nack(null, true);
    else {
      const ms = how === "extend" ? 40_000 : 700;
      agree(model.extend(name, message, ms), queues.extend(who, message.queue, id, ms));
    }
  }

  function leave(id: string): void {
    const client = model.clients.get(id);
    if (client === undefined || !client.isIn) return;
    site.registry.leave(participants.get(id)!.client);
    client.isIn = false;
    model.suspend(id);
    settleModel();
  }

  const hasGot = (id: string, queue: string, at: number, [token, attempt]: readonly [number, number]): boolean => {
    const got = participants.get(id)?.given(queue)[at];
    return got !== undefined && got[0] === token && got[1] === attempt;
  };

  const isAnyClogged = (): boolean => [...model.clients.values()].some(({ isClogged }) => isClogged);

  function advance(ms: number): void {
    site.clock.advance(ms);
    model.advance(ms);
  }

  /** When a message that is refused comes back depends on when its content is at hand: it is always at hand here. */
  async function advanceByEvents(ms: number): Promise<void> {
    const endMs = model.now + ms;
    for (let dueMs = model.nextMs(); dueMs < endMs && isAnyClogged(); dueMs = model.nextMs()) {
      advance(Math.max(0, dueMs - model.now));
      await reachDisk();
    }
    advance(endMs - model.now);
  }

  function settleModel(): void {
    model.match();
    model.deliver(false, hasGot);
  }

  /** What waits for the disk first is a promise. */
  function act(command: Command): Promise<void> | void {
    const { queues } = site;
    switch (command.kind) {
      case "push":
        return push(command);
      case "request":
        if (model.clients.get(command.client)?.isIn !== true) return;
        expect(queues.request(participants.get(command.client)!.client, command.queue, command.count)).toBe(null);
        return model.request(command.client, command.queue, command.count);
      case "cancel":
        if (!participants.has(command.client)) return;
        queues.cancel(participants.get(command.client)!.client, command.queue);
        return model.cancel(command.client, command.queue);
      case "settle":
        return settleMessage(command);
      case "advance":
        return isAnyClogged() ? advanceByEvents(command.ms) : advance(command.ms);
      case "metadata": {
        const { client, color, load } = command;
        if (model.clients.get(client)?.isIn !== true) return;
        model.clients.get(client)!.metadata = { color, load };
        return site.update(participants.get(client)!.client, { color: color ?? null, load: load ?? null });
      }
      case "connect":
        if (!model.clients.has(command.client)) connect(command.client, usualMetadata[command.client]!);
        return;
      case "leave":
        return leave(command.client);
      case "return": {
        if (model.clients.get(command.client)?.isIn !== false) return;
        model.resume(command.client);
        return site.registry.join(participants.get(command.client)!.client);
      }
      case "release":
        if (!model.clients.has(command.client)) return;
        leave(command.client);
        queues.release(participants.get(command.client)!.client);
        participants.delete(command.client);
        return model.release(command.client);
      case "clog":
        if (!model.clients.has(command.client)) return;
        return reachDisk().then(() => {
          participants.get(command.client)!.outbox.full = command.isClogged;
          model.clients.get(command.client)!.isClogged = command.isClogged;
        });
      case "pause":
        answers.push(queues.admin.pause(command.queue, command.isPaused));
        if (command.isPaused) model.paused.add(command.queue);
        else model.paused.delete(command.queue);
        return;
      case "purge":
      case "discard":
      case "redrive":
        return reachDisk().then(() => administer(command));
      case "restart":
        return restart(command.ticks);
    }
  }

  async function administer(command: Command & { kind: "purge" | "discard" | "redrive" }): Promise<void> {
    const { admin } = site.queues;
    if (command.kind === "purge") {
      const { queue, states } = command;
      const isPurged = (message: ModelMessage): boolean =>
        message.queue === queue && states.includes(message.state as "ready");
      expectCount(queue, admin.purge(queue, states), () => model.remove(isPurged));
    } else if (command.kind === "discard") {
      const message = model.messages[command.pick % Math.max(1, model.messages.length)];
      if (message === undefined) return;
      const count = admin.ack(message.queue, [idOf(message.token), "no-such-id"]);
      expectCount(message.queue, count, () => model.remove((other) => other === message));
    } else {
      // Of those that died at one moment the page does not say which is first.
      const listed = (await listMessages(site)).filter(
        ({ queue, state }) => queue === command.queue && state === "dead",
      );
      const dead = listed.map(({ payload }) => model.messages.find(({ token }) => token === payload)!);
      const chosen = command.pick === null ? dead : dead.slice(command.pick % (dead.length || 1)).slice(0, 1);
      const ids = command.pick === null ? null : chosen.map(({ token }) => idOf(token));
      expectCount(command.queue, admin.redrive(command.queue, ids), () => {
        attemptLog.restart(chosen.map(({ token }) => token));
        for (const message of chosen) model.redrive(message);
        return chosen.length;
      });
    }
  }

  /** What people change resolves with how many messages it changed, or null where there is no such queue. */
  function expectCount(queue: string, count: Promise<number | null>, change: () => number): void {
    const expected = doesExist(queue) ? change() : null;
    answers.push(count.then((found) => expect(found).toBe(expected)));
  }

  /** Lets everything that is under way reach the disk, here and in the model. */
  async function reachDisk(): Promise<void> {
    for (let round = 0; round < 2; round++) {
      await settle();
      const stored = underWay;
      underWay = [];
      for (const { admit } of stored) {
        admit();
        settleModel();
      }
      model.deliver(true, hasGot);
      site.clock.advance(0);
      model.advance(0);
      settleModel();
      for (const { token, first } of stored) expect(outcomes.get(token)).toMatchObject({ ok: true, id: idOf(first) });
    }
    await Promise.all(answers);
    answers = [];
    onDisk = new Map(model.messages.map((message) => [message.token, message.attempt]));
    isOnDisk = true;
    attemptLog.note(model.now, onDisk);
    expect(confirmed).toEqual([...confirmed].sort((a, b) => a - b));
    confirmed = [];
  }

  const doesExist = (name: string): boolean =>
    model.paused.has(name) ||
    [...model.messages, ...model.requests, ...model.suspended].some(({ queue }) => queue === name) ||
    underWay.some(({ token, first }) => token === first && pushed.get(first)?.queue === name);

  async function restart(ticks: number | null): Promise<void> {
    const { clock, store } = site;
    // Nobody hears of what a crash cuts off.
    for (const answer of answers) answer.catch(() => undefined);
    if (ticks === null) {
      await reachDisk();
      await site.queues.close();
    } else {
      for (let i = 0; i < ticks; i++) await null;
      generation++;
      store.crash();
      await site.queues.kill();
    }
    const present = [...model.clients].filter(([, { isIn }]) => isIn);
    const held = await readStore(store);
    expectWhatIsCertain(new Set(held.map(({ token }) => token)));
    const attempts = new Map(held.map(({ token, standing }) => [token, standing.attempt]));
    for (const { token, attempt } of model.messages) {
      const least = ticks === null ? attempt : Math.min(attempt, attemptLog.certain(token));
      expect(attempts.get(token)).toBeGreaterThanOrEqual(least);
    }
    const before = isOnDisk
      ? model.messages.map((message) => ({ ...message, attempt: attempts.get(message.token)! }))
      : null;
    site = await openSite({ clock, store });
    clock.advance(0);
    adopt(held);
    if (before !== null) {
      // Where everything was on disk nothing is different, but that what was leased is ready.
      const adopted = describeModel(model.messages);
      const isLive = (message: ModelMessage): boolean => message.state !== "leased";
      model.restore(before.map((message) => (isLive(message) ? message : { ...message, state: "ready" })));
      model.advance(0);
      expect(adopted).toEqual(describeModel(model.messages));
      for (const name of queueNames) expect(site.queues.admin.info(name)?.paused ?? false).toBe(model.paused.has(name));
      adopt(held);
    }
    for (const name of queueNames) {
      if (site.queues.admin.info(name)?.paused === true) model.paused.add(name);
      else model.paused.delete(name);
    }
    underWay = [];
    answers = [];
    confirmed = [];
    attemptLog.reopen();
    participants.clear();
    for (const [id, { metadata }] of present) connect(id, metadata);
  }

  /** What was confirmed and not removed is there; there is nothing but that, what was under way, and what was removed just now. */
  function expectWhatIsCertain(found: ReadonlySet<number>): void {
    const fresh = underWay.filter(({ token, first }) => token === first).map(({ token }) => token);
    const certain = [...model.messages.map(({ token }) => token), ...fresh.filter((token) => outcomes.get(token)?.ok)];
    expect([...found]).toEqual(expect.arrayContaining(certain));
    expect([...certain, ...fresh, ...onDisk.keys()]).toEqual(expect.arrayContaining([...found]));
  }

  /** Goes on from what a store holds. */
  function adopt(held: readonly Held[]): void {
    model.restore(
      held.map(({ token, id, standing }) => {
        outcomes.set(token, { ok: true, id });
        const state = standing.state === "leased" ? "ready" : standing.state;
        return { ...pushed.get(token)!, ...standing, state, holder: null };
      }),
    );
    for (const [id, { token }] of identities) if (outcomes.get(token)?.ok !== true) identities.delete(id);
    model.advance(0);
  }

  for (const { command, isHasty } of path) {
    isOnDisk = false;
    const acting = act(command);
    if (acting !== undefined) await acting;
    settleModel();
    site.clock.advance(0);
    model.advance(0);
    settleModel();
    const waits = !isHasty || acting !== undefined || isAnyClogged();
    if (waits) await reachDisk();
    compareCounts(site, model, participants, doesExist);
    if (waits) await compareMessages(site, model);
  }
}
