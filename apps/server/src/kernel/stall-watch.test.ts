import { expect, it } from "vitest";
import { createStallWatch } from "./stall-watch.ts";

function setup(maxTicks: number) {
  const watch = createStallWatch(maxTicks);
  const state = { isPeersTurn: true, bytes: 0, kept: 0, cut: 0 };
  const transfer = {
    isPeersTurn: () => state.isPeersTurn,
    progressBytes: () => state.bytes,
    keep: () => void state.kept++,
    cut: () => void state.cut++,
  };
  watch.add(transfer);
  return { watch, transfer, state };
}

it("cuts a transfer that stands for longer than it may, once", () => {
  const { watch, state } = setup(2);
  for (let i = 0; i < 5; i++) watch.tick();
  expect(state).toMatchObject({ kept: 2, cut: 1 });
});

it("keeps one that goes on, and one that is not the peer's to go on with", () => {
  const { watch, state } = setup(2);
  for (let i = 0; i < 10; i++) {
    if (i % 2 === 0) state.bytes += 1024;
    watch.tick();
  }
  state.isPeersTurn = false;
  for (let i = 0; i < 10; i++) watch.tick();
  expect(state).toMatchObject({ kept: 20, cut: 0 });
});

it("takes a trickle for no progress, and a trickle that adds up for some", () => {
  const { watch, state } = setup(2);
  for (let i = 0; i < 10; i++) {
    state.bytes += 400;
    watch.tick();
  }
  expect(state.cut).toBe(0);
  for (let i = 0; i < 10; i++) {
    state.bytes += 100;
    watch.tick();
  }
  expect(state.cut).toBe(1);
});

it("leaves alone what was removed", () => {
  const { watch, transfer, state } = setup(0);
  watch.remove(transfer);
  watch.tick();
  expect(state).toMatchObject({ kept: 0, cut: 0 });
});
