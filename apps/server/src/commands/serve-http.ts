import { httpCap } from "../proxy/over-connection/http-servers.ts";
import { streamCap } from "../stream/streams.ts";
import { type Command, refuse } from "./command.ts";
import { readValue, refuseField } from "./fields.ts";
import { readFrameNonce, refuseByNonce } from "./topic-fields.ts";

/** `SERVE_HTTP`: whether requests to its sender come over this connection from now on; `SERVING_HTTP` says that they do, or no longer. */
export const serveHttp: Command = {
  event: "SERVE_HTTP",
  cap: httpCap,
  allowRestricted: false,
  hasNonce: false,
  run(services, sender, frame) {
    const { codec, caps } = sender;
    const rawNonce = readFrameNonce(frame);
    const nonce = rawNonce === null ? null : codec.decodeExact(rawNonce);
    const serve = readValue(codec, frame, "serve");
    if (typeof serve !== "boolean") {
      return refuseByNonce(services, sender, nonce, refuseField("serve", "serve is true or false"));
    }
    if (serve && !caps.includes(streamCap)) {
      const message = `requests come as streams: ask for the extension ${streamCap} as well`;
      return refuseByNonce(services, sender, nonce, refuse("dispatch/invalid", { at: "/t", message }));
    }
    services.httpServers.set(sender, serve);
    return { kind: "answer", event: "SERVING_HTTP", d: { serve, nonce } };
  },
};
