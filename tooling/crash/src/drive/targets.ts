import type { Random } from "./random.ts";

export const application = "crash-consumers";
export const queues = ["orders", "mails", "jobs/eu"] as const;
export const pools = ["a", "b"] as const;

/** Who may take a message: the query, and the pool that it keeps; `null` is all. */
export interface Target {
  readonly query: object;
  readonly pool: string | null;
}

export function drawTarget(random: Random): Target {
  const kind = random.between(0, 9);
  if (kind < 4) return { query: { application }, pool: null };
  if (kind === 4) return { query: { application, key: `k${random.between(1, 3)}` }, pool: null };
  if (kind === 5) return { query: { application, selector: { $min: "/pool" } }, pool: null };
  const pool = random.pick(pools);
  return { query: { application, ops: [{ path: "/pool", op: "$eq", to: { value: pool } }] }, pool };
}
