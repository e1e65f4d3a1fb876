import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodings } from "../src/codecs/index.ts";
import { failure, greetedClient, identifyFrame } from "../src/identified.ts";
import { type ListenerName, type RunningServer, startServer } from "../src/start-server.ts";
import { amendments } from "../src/transcripts/amendments.ts";
import { isReplayedIn, namedScenarios, refusedInEtf } from "../src/transcripts/encodings.ts";
import { proxyAmendments } from "../src/transcripts/proxy-amendments.ts";
import { type ProxyTarget, startProxyTarget } from "../src/transcripts/proxy-target.ts";
import { queueAmendments } from "../src/transcripts/queue-amendments.ts";
import { replay } from "../src/transcripts/replay.ts";
import { transcripts } from "../src/transcripts/transcript.ts";

const table = new Map(
  [...amendments, ...queueAmendments, ...proxyAmendments].map((amendment) => [amendment.scenario, amendment]),
);

/** Every captured scenario against a server with the given listener, in every encoding that can say it. */
export function describeTranscripts(listener: ListenerName): void {
  describe.each(encodings)(`transcripts of v1 (${listener}, %s)`, (encoding) => {
    let open: RunningServer;
    let withPassword: RunningServer;
    let target: ProxyTarget;
    beforeAll(async () => {
      target = await startProxyTarget();
      open = await startServer({ listener });
      withPassword = await startServer({ listener, flags: ["--auth", "s3cret"] });
    });
    afterAll(async () => {
      await target[Symbol.asyncDispose]();
      await open[Symbol.asyncDispose]();
      await withPassword[Symbol.asyncDispose]();
    });

    for (const [scenario, steps] of Object.entries(transcripts)) {
      if (!isReplayedIn(scenario, encoding)) continue;
      const amendment = table.get(scenario);
      const title = amendment === undefined ? scenario : `${scenario} [amended: ${amendment.clause}]`;
      test(title, () =>
        replay({ open, withPassword, target: target.address }, scenario, amendment?.amend(steps) ?? steps, encoding),
      );
    }

    test.each(encoding === "etf" ? refusedInEtf : [])("a restricted client is refused: %s", async () => {
      await using client = await greetedClient(withPassword, { encoding });
      client.send(identifyFrame("app", "r"));
      const { frame, code } = await failure(client);
      expect(frame).toMatchObject({ op: 8, d: { code: "identify/etf-restricted" } });
      expect(code).toBe(1000);
    });
  });

  test("every scenario that the tables name exists", () => {
    const named = [...table.keys(), ...namedScenarios];
    expect(named.filter((scenario) => !(scenario in transcripts))).toEqual([]);
  });
}
