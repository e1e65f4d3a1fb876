import { describe, expect, it } from "vitest";
import { createRights } from "../access/rights.ts";
import { createTestClient } from "../testing/fixtures.ts";
import { createPush, openSite, type PlainPush, type Site, settle } from "./queues.kit.ts";
import type { PushOutcome } from "./queues.ts";

const one = createRights({ namespace: "one" });

/** A consumer of a namespace that asks for everything. */
function consumer({ registry, queues }: Site, namespace: string | null) {
  const { client, outbox } = createTestClient({ id: `${namespace}`, namespace, caps: ["queue2"] });
  registry.join(client);
  queues.request(client, "q", 100);
  return () => outbox.frames.map((frame) => JSON.parse(frame as string).d.payload.payload);
}

const push = ({ queues }: Site, plain: PlainPush, rights = one) =>
  new Promise<PushOutcome>((resolve) => queues.push({ ...createPush(plain), rights }, resolve));

describe("a message of a tenant", () => {
  it.each([false, true])("goes to its own clients alone, over a restart too (%s)", async (isRestart) => {
    let site = await openSite();
    await push(site, { payload: "any" });
    await push(site, { payload: "optional", target: { ops: [{ x: { $eq: 1 } }], optional: true } });
    await push(site, { payload: "asked for", target: { ops: [{ namespace: { $eq: "two" } }], optional: true } });
    await push(site, { payload: "free" }, null as never);
    if (isRestart) {
      await site.queues.close();
      site = await openSite({ clock: site.clock, store: site.store });
    }
    const [two, none] = [consumer(site, "two"), consumer(site, null)];
    await settle();
    expect([...two(), ...none()]).toEqual(["free"]);
    const own = consumer(site, "one");
    await settle();
    expect(own().sort()).toEqual(["any", "asked for", "optional"]);
  });

  it("is shown with its query and its namespace", async () => {
    const site = await openSite();
    await push(site, { target: { application: "app" } });
    const page = await site.queues.admin.messages("q", { state: "ready", limit: 9, maxBytes: 1e9, after: null });
    expect(page).toMatchObject({ messages: [{ target: { application: "app" }, namespace: "one" }] });
  });
});

describe("permissions", () => {
  const rights = createRights({ push: ["q"], send: ["app"] });
  it.each([
    [{ queue: "p" }, { at: "/queue" }],
    [{ target: { application: "other" } }, { at: "/target/application" }],
    [{ target: {} }, { at: "/target/application" }],
  ])("refuse a push of %j", async (plain, extraInfo) => {
    const site = await openSite();
    const target = { application: "app" };
    // A target that others have sent before is checked all the same.
    await push(site, { target, ...plain }, null as never);
    expect(await push(site, { target, ...plain }, rights)).toMatchObject({ code: "auth/forbidden", extraInfo });
    expect(await push(site, { target }, rights)).toMatchObject({ ok: true });
  });
});
