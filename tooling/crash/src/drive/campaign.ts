import { setTimeout as wait } from "node:timers/promises";
import { createConsumer } from "./consumer.ts";
import { createProducer } from "./producer.ts";
import { countLeft, listDead, makeBackup } from "./queue-admin.ts";
import { leaseMs } from "./settings.ts";
import { createStage } from "./stage.ts";
import type { World } from "./world.ts";

export interface CampaignOptions {
  readonly world: World;
  readonly main: string;
  readonly dataDir: string;
  /** How often the server is killed. */
  readonly kills: number;
  /** Called after each kill, while nothing runs, with how many there were. */
  readonly afterKill: (kills: number) => Promise<void>;
  /** Called with a backup that was made under load, and what must be in it. */
  readonly backedUp: (path: string, surviving: ReadonlyMap<string, string>) => Promise<void>;
}

const producerNames = ["ada", "ben", "cyd"];
const maxDrainMs = 60_000;
const drainPollMs = 50;

/** Kills the server over and over, and lets it empty its queues at the end: twice, as what is gone must stay gone. */
export async function runCampaign(options: CampaignOptions): Promise<void> {
  const { world, main, dataDir, kills } = options;
  const { random, ledger } = world;
  const producers = producerNames.map((name) => createProducer(world, name));
  const consumers = [
    { name: "ida", pool: "a", prefetch: 40, cuts: 3 },
    { name: "joe", pool: "a", prefetch: 5, cuts: 0 },
    { name: "kim", pool: "b", prefetch: 40, cuts: 0 },
    { name: "lou", pool: "b", prefetch: 15, cuts: 3 },
  ].map((habits) => createConsumer(world, { ...habits, leaseMs }));
  const stage = createStage({ world, main, dataDir, producers, consumers });

  /**
   * Of twelve kills three come before the server listens, two of them in a row, one after some seconds, one behind a backup
   * and one perhaps within another; the rest under load.
   */
  function killOnce(kill: number): Promise<void> {
    const soonMs = random.between(20, 800);
    switch (kill % 12) {
      case 3:
      case 8:
      case 9:
        // Half of them late, when the folder is being read.
        return stage.killEarly(
          (random.chance(0.5) ? random.fraction() : 0.75 + 0.3 * random.fraction()) * stage.startMs,
        );
      case 5:
        return stage.killLoaded(random.between(2200, 3800));
      case 7:
        return backUp(`whole-${kill}`);
      case 10:
        setTimeout(() => void makeBackup(world.port, `half-${kill}`), stage.startMs + soonMs - random.between(0, 60));
        return stage.killLoaded(soonMs);
      default:
        return random.chance(0.5) ? stage.killLoaded(soonMs) : stage.killLoaded(soonMs, random.between(1, 1500));
    }
  }

  async function backUp(name: string): Promise<void> {
    const { path, surviving } = await stage.perform(async () => {
      await wait(random.between(100, 400));
      const before = ledger.surviving();
      const path = await makeBackup(world.port, name);
      const after = ledger.surviving();
      return { path, surviving: new Map([...before].filter(([id]) => after.has(id))) };
    }, "kill");
    if (path === null) throw new Error("the server made no backup");
    await options.backedUp(path, surviving);
  }

  for (let kill = 1; kill <= kills; kill++) {
    // At times nobody takes anything, so that there is more to read back.
    world.isHoarding = kill % 40 >= 14 && kill % 40 <= 20;
    await killOnce(kill);
    await options.afterKill(kill);
    if (kill % 12 === 6) await stage.stopLoaded(random.between(100, 900));
  }

  async function drain(): Promise<void> {
    const untilMs = Date.now() + maxDrainMs;
    let left = Number.POSITIVE_INFINITY;
    while ((left > 0 || producers.some(({ waiting }) => waiting > 0)) && Date.now() < untilMs) {
      await wait(drainPollMs);
      left = await countLeft(world.port);
    }
    world.tell({ event: "drained", left, atMs: Date.now() });
  }

  world.isHoarding = false;
  world.isDraining = true;
  await stage.perform(drain, "kill");
  await stage.perform(async () => {
    // What the kill brought back, of what was not stored yet.
    await drain();
    for (const { id, cause, attempt } of await listDead(world.port))
      world.tell({ event: "dead", message: id, cause, attempt });
  }, "stop");
  world.tell({ event: "end", atMs: Date.now() });
}
