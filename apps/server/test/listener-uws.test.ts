import { expect, test } from "vitest";
import { startListener } from "./listener-harness.ts";
import { describeListener } from "./listener-kit.ts";

const load = async () => (await import("../src/adapters/listener-uws/listener-uws.ts")).createUwsListener;

describeListener("uws", load);

test.each([
  ["certificates of clients", { tls: { cert: "a", key: "b", clientCa: "c" } }, "certificate"],
  ["the PROXY protocol", { proxyProtocol: true }, "PROXY"],
])("uws: %s are refused, for the library cannot do them", async (_name, options, message) => {
  await expect(startListener(await load(), options)).rejects.toThrow(message);
});
