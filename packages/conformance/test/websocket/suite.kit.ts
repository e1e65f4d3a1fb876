import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ListenerName, type RunningServer, startServer } from "../../src/start-server.ts";
import { closeCodeCases, closingCases } from "./cases/close.kit.ts";
import { compressionCases } from "./cases/compression.kit.ts";
import { brokenFragmentationCases, fragmentationCases, interleavingCases } from "./cases/fragmentation.kit.ts";
import { framingCases } from "./cases/framing.kit.ts";
import { lengthsCases } from "./cases/lengths.kit.ts";
import { oversizeCases, sizeCases } from "./cases/limits.kit.ts";
import { maskingCases } from "./cases/masking.kit.ts";
import { opcodesCases } from "./cases/opcodes.kit.ts";
import { openingCases, subprotocolCases } from "./cases/opening.kit.ts";
import { pingsCases } from "./cases/pings.kit.ts";
import { reservedBitsCases } from "./cases/reserved-bits.kit.ts";
import { spoiltUtf8Cases, utf8Cases } from "./cases/utf8.kit.ts";

/** The cases by what they are about; their numbers are those of the Autobahn test suite where it has them. */
const groups = {
  "the opening handshake": openingCases,
  subprotocols: subprotocolCases,
  "1 framing": framingCases,
  "2 pings and pongs": pingsCases,
  "3 reserved bits": reservedBitsCases,
  "4 opcodes": opcodesCases,
  "5 fragmentation": fragmentationCases,
  "5 broken fragmentation": brokenFragmentationCases,
  "5 messages inside of messages": interleavingCases,
  "6 UTF-8": utf8Cases,
  "6.4 UTF-8 that goes bad halfway": spoiltUtf8Cases,
  "7 close codes": closeCodeCases,
  "7 the closing handshake": closingCases,
  "9 large messages and many": sizeCases,
  "9 messages past the limit": oversizeCases,
  "12, 13 compression": compressionCases,
  lengths: lengthsCases,
  masks: maskingCases,
} as const satisfies Readonly<Record<string, (server: () => RunningServer, listener: ListenerName) => void>>;

/** RFC 6455 against one listener. All of it meets the same server, which has to outlive it. */
export function webSocketSuite(listener: ListenerName): void {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer({ listener });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  describe.each(Object.entries(groups))("%s", (_title, cases) => {
    cases(() => server, listener);
  });

  test("the server has outlived all of it", () => {
    expect(server.isRunning()).toBe(true);
  });
}
