import { expect, it } from "vitest";
import { describeListening } from "./run.ts";

it.each([
  ["0.0.0.0", "ws://localhost:80/gateway/websocket", true, true],
  ["::", "ws://localhost:80/gateway/websocket", true, true],
  ["127.0.0.1", "ws://127.0.0.1:80/gateway/websocket", false, false],
  ["::1", "ws://[::1]:80/gateway/websocket", false, false],
  ["fd00::2", "ws://[fd00::2]:80/gateway/websocket", false, true],
])("a server on %s says that it is at %s", (host, url, everywhere, open) => {
  expect(describeListening({ host, auth: "" }, 80)).toEqual({ type: "listening", url, port: 80, everywhere, open });
  expect(describeListening({ host, auth: "s3cret" }, 80)).toMatchObject({ url, everywhere, open: false });
});
