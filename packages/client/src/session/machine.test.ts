import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Effect, type Event, type State, table } from "./machine.ts";

const states = Object.keys(table) as State[];
const events = Object.keys(table.idle) as Event[];

/** What a session holds while it walks the table; the rules throw where an effect finds what it must not. */
interface World {
  state: State;
  socket: boolean;
  timer: boolean;
  finished: boolean;
  introduced: boolean;
  /** What was had is kept without a socket. */
  kept: boolean;
}

const rules: Readonly<Record<Effect, (world: World) => void>> = {
  dial(world) {
    expect(world.socket).toBe(false);
    world.socket = true;
    world.timer = true;
    world.introduced = false;
  },
  introduce(world) {
    expect(world.socket).toBe(true);
    expect(world.introduced).toBe(false);
    world.introduced = true;
  },
  welcome(world) {
    expect(world.introduced).toBe(true);
    world.timer = false;
    world.kept = false;
  },
  drop(world) {
    world.socket = false;
    world.timer = false;
  },
  part(world) {
    expect(world).toMatchObject({ socket: true, kept: false });
    world.socket = false;
    world.kept = true;
  },
  forsake(world) {
    world.kept = false;
  },
  turn(world) {
    expect(world.socket).toBe(false);
  },
  retire(world) {
    expect(world.socket).toBe(true);
    world.socket = false;
  },
  schedule(world) {
    expect(world.socket).toBe(false);
    world.timer = true;
  },
  unschedule(world) {
    world.timer = false;
  },
  farewell(world) {
    expect(world.socket).toBe(true);
    world.timer = true;
  },
  finish(world) {
    expect(world).toMatchObject({ finished: false, socket: false, timer: false });
    world.finished = true;
    world.kept = false;
  },
};

function walk(path: readonly Event[]): World {
  const world: World = { state: "idle", socket: false, timer: false, finished: false, introduced: false, kept: false };
  for (const event of path) {
    const [to, ...effects] = table[world.state][event] ?? [world.state];
    if (event === "elapsed" && world.state === "waiting") world.timer = false;
    for (const effect of effects) rules[effect](world);
    world.state = to;
    expect(world.finished).toBe(to === "closed");
    expect(world.socket).toBe(["dialing", "identifying", "ready", "closing"].includes(to));
    expect(world.timer).toBe(["dialing", "identifying", "waiting", "closing"].includes(to));
    if (["idle", "ready", "closed"].includes(to)) expect(world.kept).toBe(false);
  }
  return world;
}

describe("the life of a session", () => {
  it("knows an answer to every event in every state", () => {
    for (const state of states) expect(Object.keys(table[state]).sort()).toEqual([...events].sort());
  });

  it("has one socket and one timer at most, and neither at its end, whatever comes in whatever order", () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...events), { maxLength: 60 }), (path) => void walk(path)));
  });

  it("can always be brought to its end", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 60 }), (path) => {
        expect(walk([...path, "stop", "gone"]).state).toBe("closed");
      }),
    );
  });

  it("keeps what it had after a breach until the time is over, but for an answer that is under way", () => {
    const parted: readonly Event[] = ["start", "hello", "ready", "parted"];
    expect(walk(parted)).toMatchObject({ state: "waiting", kept: true });
    expect(walk([...parted, "expired"])).toMatchObject({ state: "waiting", kept: false });
    expect(walk([...parted, "elapsed", "expired"])).toMatchObject({ state: "dialing", kept: false });
    expect(walk([...parted, "elapsed", "hello", "expired"])).toMatchObject({ state: "identifying", kept: true });
    expect(walk([...parted, "elapsed", "hello", "lost"])).toMatchObject({ state: "waiting", kept: true });
  });

  it("turns to the next server after a failure, but to the same one first after a breach", () => {
    expect(table.ready.parted).not.toContain("turn");
    for (const state of ["dialing", "identifying", "ready"] as const) expect(table[state].lost).toContain("turn");
  });

  it("stays at its end", () => {
    for (const event of events) expect(table.closed[event]).toBeNull();
  });
});
