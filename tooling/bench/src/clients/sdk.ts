import { connect, path, query } from "@singyeong/client";
import { type Payload, type Peers, receiverApplication, senderApplication } from "./peer.ts";

/** The client SDK, as its users write it. */
export async function openSdkPeers(port: number): Promise<Peers> {
  const servers = `127.0.0.1:${port}`;
  const receiver = await connect({ servers, app: receiverApplication("sdk"), metadata: { latency: 12 } });
  const sender = await connect({ servers, app: senderApplication });
  const target = query(receiverApplication("sdk")).where(path("/latency").lte(100));
  return {
    send: (payload, receipt) => sender.send(target, payload, { receipt }),
    receive: (handler) => void receiver.messages(({ payload }) => handler(payload as Payload)),
  };
}
