import { once } from "node:events";
import { connect, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { explainNoConnection } from "./explain-no-connection.ts";

const failed = (code: string) => Object.assign(new Error("x"), { code });

/** What comes of connecting to a port on which nothing listens. */
async function refusal(host: string): Promise<unknown> {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as { port: number };
  taken.close();
  await once(taken, "close");
  return once(connect({ host, port }), "connect").catch((error: unknown) => error);
}

describe("a port that takes no connection", () => {
  it.each(["127.0.0.1", "localhost"])("of %s has nobody listening where it refuses", async (host) => {
    expect(explainNoConnection(1, await refusal(host))).toMatchObject({
      outcome: "unreachable",
      message: "1 takes no connection",
      advice: expect.stringContaining("is the server running"),
    });
  });

  it("has nobody listening where one of several addresses refuses", () => {
    const errors = [failed("ENETUNREACH"), failed("ECONNREFUSED")];
    expect(explainNoConnection(1, new AggregateError(errors)).advice).toContain("Nothing listens there");
  });

  it("is late where the time runs out, here or in the system", async () => {
    const aborted = await once(new EventTarget(), "never", { signal: AbortSignal.abort() }).catch((error) => error);
    for (const error of [aborted, failed("ETIMEDOUT"), new AggregateError([failed("ETIMEDOUT")])])
      expect(explainNoConnection(1, error)).toMatchObject({
        message: "1 takes no connection in time",
        advice: expect.stringContaining("firewall"),
      });
  });

  it("is out of reach where no way leads there, and nothing is said about time", () => {
    expect(explainNoConnection(1, failed("EHOSTUNREACH")).message).toBe("1 cannot be reached (EHOSTUNREACH)");
    const both = new AggregateError([failed("ENETUNREACH"), failed("EHOSTUNREACH"), failed("ENETUNREACH")]);
    expect(explainNoConnection(1, both).message).toBe("1 cannot be reached (ENETUNREACH, EHOSTUNREACH)");
    expect(explainNoConnection(1, new Error("ECONNREFUSED in its text alone")).message).toBe("1 cannot be reached");
  });
});
