import { describe, expect, it } from "vitest";
import { createBench } from "./machine.kit.ts";

describe("giving messages out", () => {
  it("serves those who ask in the order of asking, whoever came in between that cannot take them", () => {
    const { machine, queue, consumer, admit, given } = createBench();
    const [a, b, other] = [consumer("a", "any"), consumer("b", "any"), consumer("other", "rest")];
    machine.request(other, queue(), 5, 0);
    machine.request(b, queue(), 1, 0);
    machine.request(a, queue(), 2, 0);
    machine.request(b, queue(), 1, 0);
    for (let i = 0; i < 5; i++) admit();
    expect(given).toEqual(["b:1", "a:2", "a:3", "b:4"]);
    expect(queue().ready).toBe(1);
  });

  it("lets no message that nobody can take hold up another, however many there are and of whatever priority", () => {
    const { machine, queue, consumer, admit, given } = createBench();
    for (let i = 0; i < 50; i++) admit({ target: `nobody ${i}`, priority: 9 });
    const mine = admit({ target: "mine", priority: 0 });
    for (let i = 0; i < 50; i++) admit({ target: "nobody 1", priority: 9 });
    machine.request(consumer("a", "mine"), queue(), 3, 0);
    expect(given).toEqual([`a:${mine}`]);
    const next = admit({ target: "mine" });
    expect(given).toEqual([`a:${mine}`, `a:${next}`]);
  });

  it("goes by priority, then by turn, over all targets that a client may take", () => {
    const { machine, queue, consumer, admit, given } = createBench();
    const [low, first, second, high] = [
      admit({ target: "a", priority: 1 }),
      admit({ target: "b" }),
      admit({ target: "a" }),
      admit({ target: "c", priority: 9 }),
    ];
    admit({ target: "d", priority: 9 });
    machine.request(consumer("x", "a", "b", "c"), queue(), 10, 0);
    expect(given).toEqual([high, first, second, low].map((seq) => `x:${seq}`));
  });

  it("leaves the choice among those who ask to a key or selector", () => {
    const { machine, queue, consumer, admit, given } = createBench();
    const [a, b, no] = [consumer("a", "key 1"), consumer("b", "key 1"), consumer("no")];
    for (const one of [a, b, no]) machine.request(one, queue(), 2, 0);
    for (let i = 0; i < 4; i++) admit({ target: "key 1" });
    expect(given).toEqual(["b:1", "b:2", "a:3", "a:4"]);
  });

  it("asks about those who wait no more once a request is served, however many messages are left", () => {
    const { machine, queue, consumer, admit, asked } = createBench();
    for (let i = 0; i < 200; i++) admit({ target: `t${i}` });
    for (let i = 0; i < 100; i++) machine.request(consumer(`idle ${i}`), queue(), 1, 0);
    asked.length = 0;
    machine.request(consumer("busy", ...Array.from({ length: 200 }, (_, i) => `t${i}`)), queue(), 1, 0);
    // Once for each target, and for one message everybody at most.
    expect(asked.length).toBeLessThanOrEqual(200 + 101);
  });

  it("looks at a message that lines up behind others of its target not at all", () => {
    const { machine, queue, consumer, admit, asked } = createBench();
    machine.request(consumer("a"), queue(), 1, 0);
    admit();
    asked.length = 0;
    for (let i = 0; i < 10; i++) admit();
    expect(asked).toEqual([]);
  });

  it("gives nothing while the queue is paused, and everything that fits once it goes on", () => {
    const { machine, queue, consumer, admit, given } = createBench();
    machine.pause(queue(), true, 0);
    machine.request(consumer("a", "any", "rest"), queue(), 2, 0);
    admit({ target: "rest" });
    admit({ priority: 9 });
    expect(given).toEqual([]);
    machine.pause(queue(), false, 0);
    expect(given).toEqual(["a:2", "a:1"]);
  });

  it("gives a message that is over to nobody: it dies, and the request stands", () => {
    const { machine, queue, consumer, admit, given } = createBench();
    admit({ expiresMs: 100 });
    machine.request(consumer("a", "any"), queue(), 1, 100);
    expect(given).toEqual([]);
    expect([queue().dead.size, queue().line.open]).toEqual([1, 1]);
  });
});
