import { describe, expect, it } from "vitest";
import { createPinoLogger } from "./logger-pino.ts";

function start(level = "debug") {
  const lines: string[] = [];
  const logger = createPinoLogger(level, { destination: { write: (line) => void lines.push(line) } });
  return { logger, lines };
}

describe("the log", () => {
  it("is JSON lines: fields first, then what happened", () => {
    const { logger, lines } = start();
    logger.warn({ connection: 7, client: "c1", trace: "4bf9" }, "slow");
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 40, connection: 7, client: "c1", trace: "4bf9", msg: "slow" });
  });

  it("leaves out what is below its level", () => {
    const { logger, lines } = start("warn");
    logger.info({}, "a");
    logger.error({}, "b");
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(["b"]);
  });

  it.each([
    { password: "s3cret" },
    { token: "s3cret" },
    { settings: { auth: "s3cret" } },
    { request: { headers: { authorization: "Bearer s3cret", cookie: "a=s3cret" } } },
    { request: { headers: { "proxy-authorization": "s3cret", "x-singyeong-authorization": "s3cret" } } },
    { headers: { "set-cookie": ["a=s3cret"] } },
  ])("hides what is named like a secret: %j", (fields) => {
    const { logger, lines } = start();
    logger.error(fields, "failed");
    expect(lines[0]).not.toContain("s3cret");
    expect(lines[0]).toContain("[hidden]");
  });

  it("shows an error with its stack", () => {
    const { logger, lines } = start();
    logger.error({ err: new Error("broken") }, "failed");
    expect(JSON.parse(lines[0]!).err).toMatchObject({ type: "Error", message: "broken" });
  });
});
