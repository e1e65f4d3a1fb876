import { once } from "node:events";
import { WebSocket } from "ws";
import { type Payload, type Peers, receiverApplication, senderApplication } from "./peer.ts";

interface Frame {
  readonly op: number;
  readonly t: string | null;
  readonly d: { readonly payload?: Payload };
}

/** The least that a client can be: `ws`, `JSON.stringify` and `JSON.parse`. */
export async function openBarePeers(port: number): Promise<Peers> {
  const metadata = { latency: { type: "integer", value: 12 } };
  const receiver = await identify(port, { application_id: receiverApplication("bare"), client_id: "bare", metadata });
  const sender = await identify(port, { application_id: senderApplication, client_id: "bare" });
  const target = {
    application: receiverApplication("bare"),
    ops: [{ path: "/latency", op: "$lte", to: { value: 100 } }],
  };
  return {
    send(payload) {
      sender.send(JSON.stringify({ op: 4, t: "SEND", d: { target, nonce: null, payload } }));
      return null;
    },
    receive(handler) {
      receiver.on("message", (data) => {
        const frame = JSON.parse(data.toString()) as Frame;
        if (frame.op === 4 && frame.t === "SEND") handler(frame.d.payload!);
      });
    },
  };
}

async function identify(port: number, d: object): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/gateway/websocket`, { perMessageDeflate: false });
  await once(socket, "message");
  socket.send(JSON.stringify({ op: 1, d }));
  await once(socket, "message");
  return socket;
}
