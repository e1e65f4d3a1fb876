import { expect, test } from "vitest";
import { listenOnFreePort } from "./listen-on-free-port.ts";

const refusal = (code: string): Error => Object.assign(new Error(code), { code });

test("ports are tried until one is free", async () => {
  const tried: number[] = [];
  const port = await listenOnFreePort(async (candidate) => {
    tried.push(candidate);
    if (tried.length < 5) throw refusal("EADDRINUSE");
    return candidate;
  });
  expect(tried).toHaveLength(5);
  expect(port).toBe(tried[4]);
  for (const candidate of tried) expect(candidate).toSatisfy((value) => value >= 10_000 && value < 32_768);
});

test.each([
  ["EADDRINUSE", 20],
  ["EACCES", 1],
])("%s is given up after %i attempts", async (code, attempts) => {
  let count = 0;
  const refused = listenOnFreePort(async () => {
    count++;
    throw refusal(code);
  });
  await expect(refused).rejects.toMatchObject({ code });
  expect(count).toBe(attempts);
});
