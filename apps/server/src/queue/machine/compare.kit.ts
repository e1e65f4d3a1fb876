/** Expects queues that run to be where their model is. */
import { expect } from "vitest";
import type { Participant, Site } from "../queues.kit.ts";
import { queueNames } from "./commands.kit.ts";
import { describeListed, describeModel, listMessages } from "./describe.kit.ts";
import type { Model } from "./model.kit.ts";

/** How many messages stand where, who asks, and what each client was given. */
export function compareCounts(
  { queues }: Site,
  model: Model,
  participants: ReadonlyMap<string, Participant>,
  doesExist: (queue: string) => boolean,
): void {
  for (const name of queueNames) {
    const info = queues.admin.info(name);
    if (!doesExist(name)) {
      expect(info).toBe(null);
      continue;
    }
    const leased = model.ofState(name, "leased");
    const asked = model.requests.filter(({ queue }) => queue === name);
    expect(info).toMatchObject({
      ready: model.ofState(name, "ready").length,
      leased: leased.length,
      delayed: model.ofState(name, "delayed").length,
      dead: model.ofState(name, "dead").length,
      open_requests: asked.length,
      consumers: new Set([...leased.map(({ holder }) => holder), ...asked.map(({ client }) => client)]).size,
      paused: model.paused.has(name),
    });
  }
  for (const [id, client] of model.clients) {
    for (const [queue, given] of client.given) {
      expect([id, queue, participants.get(id)!.given(queue)]).toEqual([id, queue, given]);
    }
  }
}

/** Every message, and the order of those that are ready. */
export async function compareMessages(site: Site, model: Model): Promise<void> {
  const listed = await listMessages(site);
  expect(describeListed(listed)).toEqual(describeModel(model.messages));
  for (const name of queueNames) {
    const line = listed.filter(({ queue, state }) => queue === name && state === "ready");
    expect(line.map(({ payload }) => payload)).toEqual(model.lineOf(name).map(({ token }) => token));
    const died = listed.filter(({ queue, state }) => queue === name && state === "dead").map(({ due_ms }) => due_ms!);
    expect(died).toEqual([...died].sort((a, b) => a - b));
  }
}
