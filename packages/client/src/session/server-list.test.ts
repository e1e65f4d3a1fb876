import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Server } from "../options/servers.ts";
import { createServerList } from "./server-list.ts";

const named = (names: readonly string[]) => names.map((name) => ({ name }) as Server);

describe("a list of servers", () => {
  it("starts with the first and takes each in turn", () => {
    const list = createServerList(named(["a", "b", "c"]));
    const seen = Array.from({ length: 5 }, () => {
      const { name } = list.current;
      list.advance();
      return name;
    });
    expect(seen).toEqual(["a", "b", "c", "a", "b"]);
  });

  it("counts attempts anew after each success, and stays with the server that let us in", () => {
    const list = createServerList(named(["a", "b"]));
    list.attempt();
    list.advance();
    list.attempt();
    list.succeed();
    expect(list).toMatchObject({ attempts: 0, rounds: 0, midRound: false, current: { name: "b" } });
    list.attempt();
    expect(list).toMatchObject({ attempts: 1, midRound: true });
  });

  it("has done a round once every server was tried, wherever it started", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.nat(4), fc.nat(30), (count, start, attempts) => {
        const names = Array.from({ length: count }, (_, i) => `${i}`);
        const list = createServerList(named(names));
        for (let i = 0; i < start; i++) list.advance();
        let tried = new Set<string>();
        let rounds = 0;
        for (let i = 0; i < attempts; i++) {
          list.attempt();
          tried.add(list.current.name);
          list.advance();
          if (tried.size < count) continue;
          tried = new Set();
          rounds++;
        }
        expect(list).toMatchObject({ attempts, rounds, midRound: tried.size > 0 });
      }),
    );
  });
});
